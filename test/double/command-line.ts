/** What was asked for on the command line, for the server and the client alike. */
export interface CommandLine {
  readonly command: 'server' | 'cli' | 'unknown'
  readonly words: readonly string[]
  readonly flags: ReadonlyMap<string, string>
  /** The arguments that start with `cfg:`. */
  readonly properties: readonly string[]
}

const SWITCHES = new Set(['v', 'vv', 'version', 'profile', 'tracing', 'password-from-stdin', 'insecure', 'debug'])

/** Flags may be written with one dash or two, with `=` or with the value after a blank. */
export function readCommandLine([name = '', ...rest]: readonly string[]): CommandLine {
  const {flags, plain} = split(rest)
  const overrides = (flags.get('configOverrides') ?? '').split(/\s+/)
  return {
    command: name === 'server' || name === 'cli' ? name : 'unknown',
    words: plain.filter(word => !isProperty(word)),
    flags,
    properties: [...overrides, ...plain].filter(isProperty),
  }
}

function split(rest: readonly string[]): {flags: Map<string, string>; plain: string[]} {
  const flags = new Map<string, string>()
  const plain: string[] = []
  const words = [...rest]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, flag, value] = /^--?([\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (flag === undefined) plain.push(word)
    else flags.set(flag, value ?? (SWITCHES.has(flag) ? 'true' : (words.shift() ?? '')))
  }
  return {flags, plain}
}

function isProperty(word: string): boolean {
  return word.startsWith('cfg:')
}
