import {askedAt, numberOf, type Records} from './node-fact.ts'

/** The kernel counts its boot in whole seconds, so a process's start is known to this many. */
export const CLOCK_GRAIN_SECONDS = 2

/** The Grafana that runs, as the kernel shows it. */
export interface Process {
  readonly pid: number
  readonly parent: number
  /** Clock ticks after boot: with its pid they name one process until the next boot. */
  readonly startTicks: number
  /** Seconds since 1970 on the node. */
  readonly startedAt: number
  /** Undefined where neither its command line nor its folder tells. */
  readonly configFile?: string
  /** Names, never values, of the `GF_*` in its environment. */
  readonly environment: readonly string[]
  /** `section.key`, never the values, of its `cfg:` words: they win over every file. */
  readonly overrides: readonly string[]
}

/** With its words, which may hold secrets: nobody keeps them. */
export interface Candidate {
  readonly process: Process
  readonly words: readonly string[]
}

/**
 * Shell function `process PID`. One record per process, because there may be several candidates:
 * stat, working folder, `GF_*` names, each on a line of its own behind a mark; then its words.
 */
export const PROCESS_FUNCTION = `
process() {
  [ -r "/proc/$1/stat" ] || return 0
  record process "$(
    printf 'pid %s\\n' "$1"
    while IFS= read -r line; do printf 'stat %s\\n' "$line"; done <"/proc/$1/stat"
    printf 'cwd %s\\n' "$(readlink "/proc/$1/cwd" 2>/dev/null)"
    tr '\\0' '\\n' <"/proc/$1/environ" 2>/dev/null | sed -n 's/^\\(GF_[A-Za-z0-9_]*\\)=.*/env \\1/p'
    echo words
    tr '\\0' '\\n' <"/proc/$1/cmdline"
  )"
}`

export function readCandidates(records: Records): readonly Candidate[] {
  const bootedAt = askedAt(records) - (numberOf(records, 'script.began') ?? 0)
  return (records.get('process') ?? []).flatMap(text => readCandidate(text, bootedAt) ?? [])
}

/** The file this process was told to read, by Grafana's own rules; relative paths start at its working folder. */
export function configFileOf(words: readonly string[], cwd: string): string | undefined {
  const config = flagOf(words, 'config')
  if (config) return resolve(cwd, config)
  const home = flagOf(words, 'homepath') ?? homeOf(words)
  return home ? resolve(cwd, `${home}/conf/custom.ini`) : undefined
}

/** USER_HZ: the same on every architecture that Grafana is built for. */
const TICKS_PER_SECOND = 100

function readCandidate(text: string, bootedAt: number): Candidate | undefined {
  const [facts = '', spoken = ''] = text.split(/^words\n/m, 2)
  const lines = facts.split('\n')
  const all = (mark: string) =>
    lines.filter(line => line.startsWith(`${mark} `)).map(line => line.slice(mark.length + 1))
  const [stat = '', pid = ''] = [all('stat').join(' '), all('pid')[0]]
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const startTicks = Number(fields[19] ?? Number.NaN)
  const words = spoken.split('\n').filter(word => word !== '')
  if (!Number.isFinite(startTicks) || words.length === 0) return undefined
  const configFile = configFileOf(words, all('cwd')[0] || '/')
  const process = {
    pid: Number(pid),
    parent: Number(fields[1] ?? 0),
    startTicks,
    startedAt: bootedAt + startTicks / TICKS_PER_SECOND,
    ...(configFile ? {configFile} : {}),
    environment: all('env'),
    overrides: words.flatMap(word => /^cfg:(?!default\.)([^=]+)=/.exec(word)?.[1] ?? []),
  }
  return {process, words}
}

/** Go's flags: one dash or two, the value behind `=` or in the next word; the last one wins. */
function flagOf(words: readonly string[], name: string): string | undefined {
  const values = words.flatMap((word, place) => {
    const match = /^--?([\w-]+)(?:=(.*))?$/s.exec(word)
    if (match?.[1] !== name) return []
    return match[2] ?? words[place + 1] ?? []
  })
  return values.at(-1) || undefined
}

function homeOf(words: readonly string[]): string | undefined {
  const binary = words.find(word => /\/bin\/grafana(-server)?$/.test(word))
  return binary?.replace(/\/bin\/grafana(-server)?$/, '')
}

function resolve(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
