import {exitCode} from '../errors/exit-codes.ts'
import {fileRefusal} from '../errors/file-refusal.ts'
import {GhaError} from '../errors/gha-error.ts'
import {errorDocument, errorText} from '../report/error.ts'

export type ThrownError = Error & {readonly oclif?: {readonly exit?: number}}

/** The one way to fail: in words on stderr, for machines on stdout too where the command line asks for that, and the exit code. */
export function sayError(thrown: ThrownError, argv: readonly string[]): void {
  const error = ofUsage(thrown)
  const colour = Boolean(process.stderr.isTTY) && !process.env['NO_COLOR']
  process.exitCode = exitCode(error instanceof GhaError ? error.exit : 'bug')
  if (wantsJson(argv)) process.stdout.write(`${JSON.stringify(errorDocument(error))}\n`)
  process.stderr.write(`${errorText(error, {colour})}\n`)
}

/** The exit code of what a second Ctrl-C ended, as shells count it. */
export const INTERRUPTED_EXIT = 130

/** The JSON document of a command that a second Ctrl-C ends: what it leaves was said in words already. */
export function tellInterrupted(left: string, argv: readonly string[]): void {
  if (!wantsJson(argv)) return
  const error = {code: 'INTERRUPTED', message: left, exit: INTERRUPTED_EXIT}
  process.stdout.write(`${JSON.stringify({schemaVersion: 1, type: 'error', error})}\n`)
}

/** What this machine's file system refuses is the operator's to mend; oclif's own complaints (unknown flag) come in our form. */
function ofUsage(error: ThrownError): Error {
  if (error instanceof GhaError) return error
  const refusal = fileRefusal(error)
  if (refusal) return refusal
  if (!error.oclif) return error
  const lines = error.message
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !BESIDE_THE_POINT.test(line))
  const [first = 'wrong usage', ...rest] = lines
  return new GhaError([first.charAt(0).toLowerCase() + first.slice(1), ...rest].join(' '), {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Look at the flags with `--help`.',
  })
}

/** The note is untrue here: a flag that can be given several times takes one value each. */
const BESIDE_THE_POINT = /^(?:See more help|The following errors? occurred|Note: --|Alternatively, you can use "--")/

/** As oclif reads it: a value may hang on its flag, and a short flag on another that takes none. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some((word, place) => {
    const [, value] = /^(?:-[yw]*o=?|--output(?:=|$))(.*)$/.exec(word) ?? []
    return value === 'json' || (value === '' && argv[place + 1] === 'json')
  })
}
