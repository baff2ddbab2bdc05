import type {Secret} from './secret.ts'

/**
 * A POSIX shell script as a value: what runs on a host, and how its answer is read.
 * Values reach it through `quote` or `input`, never as code.
 */
export interface Script<T> {
  /** What it is for, as an error names it: `swap release`. */
  readonly name: string
  readonly text: string
  /** Fed to the script on its standard input: file contents, passwords. Never in an argv or environment. Parts follow one another: what many hosts get need not be copied for each. */
  readonly input?: Secret | Uint8Array | readonly Uint8Array[]
  /** A dry run's host refuses scripts that do. */
  readonly mutates: boolean
  readonly deadlineSeconds: number
  readonly parse: (output: ScriptOutput) => T
}

export interface ScriptOutput {
  readonly exitCode: number
  readonly stdout: Uint8Array
  /** Decoded with replacement, control characters stripped, at most 64 KiB. */
  readonly stderr: string
}

/** One shell word, for any text without NUL. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a shell word cannot hold NUL')
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Words → one shell line. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(quote).join(' ')
}
