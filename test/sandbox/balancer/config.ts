/** The part of HAProxy's configuration that the sandbox's balancer understands; it passes over the rest. */
export interface Config {
  readonly sockets: readonly string[]
  /** What `show servers state` said before, so that a node that is out stays out. */
  readonly stateFile: string | undefined
  readonly frontends: readonly Frontend[]
  readonly backends: readonly Backend[]
}

export interface Frontend {
  readonly name: string
  readonly binds: readonly Address[]
  readonly acls: ReadonlyMap<string, readonly Test[]>
  readonly rules: readonly Rule[]
  readonly defaultBackend: string | undefined
}

export interface Address {
  readonly host: string
  readonly port: number
}

/** Words of one `acl`: a fetch and its arguments. */
export type Test = readonly string[]

/** `use_backend NAME if …`: every group of one alternative must hold. */
export interface Rule {
  readonly backend: string
  readonly sense: 'if' | 'unless'
  readonly condition: readonly string[]
}

export interface Backend {
  readonly name: string
  readonly check: Check | undefined
  readonly retries: number
  readonly retryOn: readonly string[]
  /** After this many failures in a row on one server another is tried; 0 is never. */
  readonly redispatchAfter: number
  readonly connectMs: number
  readonly serverMs: number
  readonly servers: readonly ServerLine[]
}

export interface Check {
  readonly method: string
  readonly uri: string
  /** Empty: any 2xx or 3xx. */
  readonly statuses: readonly number[]
  /** Undefined: the interval of the server. */
  readonly timeoutMs: number | undefined
}

export interface ServerLine extends Address {
  readonly name: string
  readonly isChecked: boolean
  readonly isBackup: boolean
  readonly isDisabled: boolean
  readonly track: string | undefined
  readonly interMs: number
  readonly fall: number
  readonly rise: number
}

export class ConfigError extends Error {}

interface Section {
  readonly kind: string
  readonly name: string
  readonly lines: readonly (readonly string[])[]
}

const KINDS = ['global', 'defaults', 'frontend', 'backend']

/** @throws ConfigError in HAProxy's manner. */
export function readConfig(text: string): Config {
  const sections = readSections(text)
  const config = {
    sockets: linesOf(sections, 'global')
      .filter(words => words[0] === 'stats' && words[1] === 'socket')
      .map(words => words[2] ?? ''),
    stateFile: linesOf(sections, 'global').find(words => words[0] === 'server-state-file')?.[1],
    frontends: sections.filter(section => section.kind === 'frontend').map(readFrontend),
    backends: sections.filter(section => section.kind === 'backend').map(section => readBackend(section, sections)),
  }
  const names = config.backends.map(backend => backend.name)
  for (const frontend of config.frontends) {
    const wanted = [...frontend.rules.map(rule => rule.backend), frontend.defaultBackend ?? '']
    const missing = wanted.find(name => name !== '' && !names.includes(name))
    if (missing) throw new ConfigError(`unable to find required use_backend: '${missing}'`)
  }
  return config
}

function readSections(text: string): Section[] {
  const sections: {kind: string; name: string; lines: string[][]}[] = []
  for (const [place, line] of text.split('\n').entries()) {
    const words = splitWords(line)
    if (words.length === 0) continue
    const [first = '', name = ''] = words
    const last = sections.at(-1)
    if (/^\s/.test(line) && last) last.lines.push(words)
    else if (KINDS.includes(first)) sections.push({kind: first, name, lines: []})
    else throw new ConfigError(`parsing [:${place + 1}] : unknown keyword '${first}' out of section`)
  }
  return sections
}

/** Words in quotes lose them; a # starts a comment. */
function splitWords(line: string): string[] {
  const found = line.match(/#.*$|(?:"[^"]*"|'[^']*'|\\.|[^\s"'#\\])+/g) ?? []
  return found.filter(word => !word.startsWith('#')).map(word => word.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, '$1$2$3'))
}

function linesOf(sections: readonly Section[], kind: string): readonly (readonly string[])[] {
  return sections.filter(section => section.kind === kind).flatMap(section => section.lines)
}

function readFrontend({name, lines}: Section): Frontend {
  const acls = new Map<string, Test[]>()
  for (const [, acl = '', ...test] of lines.filter(words => words[0] === 'acl')) {
    acls.set(acl, [...(acls.get(acl) ?? []), test])
  }
  return {
    name,
    binds: lines.filter(words => words[0] === 'bind').map(words => readAddress(words[1] ?? '')),
    acls,
    rules: lines.filter(words => words[0] === 'use_backend').map(readRule),
    defaultBackend: lines.find(words => words[0] === 'default_backend')?.[1],
  }
}

function readRule([, backend = '', sense, ...condition]: readonly string[]): Rule {
  return {backend, sense: sense === 'unless' ? 'unless' : 'if', condition}
}

function readBackend(section: Section, sections: readonly Section[]): Backend {
  const own = section.lines
  const lines = [...linesOf(sections, 'defaults'), ...own]
  const last = (...start: string[]) => lines.findLast(words => start.every((word, place) => words[place] === word))
  const redispatch = last('option', 'redispatch')
  const defaults = lines.filter(words => words[0] === 'default-server').flatMap(words => words.slice(1))
  return {
    name: section.name,
    check: readCheck(lines),
    retries: Number(last('retries')?.[1] ?? 3),
    retryOn: [...(last('retry-on')?.slice(1) ?? ['conn-failure']), ...sentElsewhere(own)],
    redispatchAfter: redispatch ? Math.max(1, Number(redispatch[2] ?? 3)) : 0,
    connectMs: milliseconds(last('timeout', 'connect')?.[2] ?? '5s'),
    serverMs: milliseconds(last('timeout', 'server')?.[2] ?? '60s'),
    servers: own.filter(words => words[0] === 'server').map(words => readServer(words, defaults)),
  }
}

/** Statuses that HAProxy makes the browser ask another node for: here the balancer asks itself. */
function sentElsewhere(lines: readonly (readonly string[])[]): readonly string[] {
  const statusOf = (acl: string) => lines.find(words => words[0] === 'acl' && words[1] === acl && words[2] === 'status')
  const conditions = lines.filter(words => words.slice(0, 2).join(' ') === 'http-response return')
  return conditions.flatMap(words => statusOf(after(words, 'if') ?? '')?.[3] ?? [])
}

function readCheck(lines: readonly (readonly string[])[]): Check | undefined {
  const option = lines.findLast(words => words[0] === 'option' && words[1] === 'httpchk')
  if (!option) return undefined
  const send = lines.findLast(words => words[0] === 'http-check' && words[1] === 'send')
  const expect = lines.findLast(words => words[0] === 'http-check' && words[1] === 'expect')
  const timeout = lines.findLast(words => words[0] === 'timeout' && words[1] === 'check')?.[2]
  const given = option.slice(2)
  const [method, uri] = given.length === 1 ? ['OPTIONS', given[0]] : given
  return {
    method: after(send, 'meth') ?? method ?? 'OPTIONS',
    uri: after(send, 'uri') ?? uri ?? '/',
    statuses: (after(expect, 'status') ?? '').split(',').filter(Boolean).map(Number),
    timeoutMs: timeout ? milliseconds(timeout) : undefined,
  }
}

function readServer([, name = '', address = '', ...own]: readonly string[], defaults: readonly string[]): ServerLine {
  const words = [...defaults, ...own]
  return {
    name,
    ...readAddress(address),
    isChecked: words.includes('check'),
    isBackup: words.includes('backup'),
    isDisabled: words.includes('disabled'),
    track: after(words, 'track'),
    interMs: milliseconds(after(words, 'inter') ?? '2s'),
    fall: Number(after(words, 'fall') ?? 3),
    rise: Number(after(words, 'rise') ?? 2),
  }
}

function after(words: readonly string[] | undefined, word: string): string | undefined {
  const place = words?.lastIndexOf(word) ?? -1
  return place < 0 ? undefined : words?.[place + 1]
}

function readAddress(text: string): Address {
  const [, host = '', port] = /^(?:ipv4@)?(.*):(\d+)$/.exec(text) ?? []
  if (!port) throw new ConfigError(`'${text}' : missing port number`)
  return {host: host === '*' || host === '' ? '0.0.0.0' : host.replace(/^\[(.*)\]$/, '$1'), port: Number(port)}
}

function milliseconds(text: string): number {
  const units: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}
  const [, number, unit = 'ms'] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? []
  if (!number) throw new ConfigError(`'${text}' is not a time`)
  return Number(number) * (units[unit] ?? 1)
}
