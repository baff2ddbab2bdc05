import {Command, Flags} from '@oclif/core'
import {type ExitName, exitCode} from '../errors/exit-codes.ts'
import {GhaError} from '../errors/gha-error.ts'
import {errorDocument, errorText} from '../report/error.ts'

export const configFlag = Flags.string({
  char: 'c',
  env: 'GHA_CONFIG',
  summary: 'Cluster file; found upward from the working directory without it.',
  helpValue: 'FILE',
})

export const outputFlag = Flags.option({
  char: 'o',
  options: ['text', 'json'] as const,
  summary: 'Output for people or for machines.',
  default: 'text',
})()

/** What every mutating verb takes. */
export const mutationFlags = {
  'dry-run': Flags.boolean({summary: 'Show the plan and change nothing.'}),
  yes: Flags.boolean({char: 'y', env: 'GHA_YES', summary: 'Go ahead without asking.'}),
}

/** Every command's frame: one way to fail, one way to exit. A command parses, opens the context, calls one action, reports. */
export abstract class BaseCommand extends Command {
  /** Exit with this code once everything was written. */
  protected leave(name: ExitName): void {
    process.exitCode = exitCode(name)
  }

  protected override async catch(error: Error & {oclif?: {exit?: number}}): Promise<void> {
    if (isBrokenPipe(error)) return
    process.exitCode = error instanceof GhaError ? exitCode(error.exit) : exitCode(error.oclif ? 'usage' : 'bug')
    if (wantsJson(this.argv)) process.stdout.write(`${JSON.stringify(errorDocument(ofUsage(error)))}\n`)
    process.stderr.write(`${errorText(ofUsage(error), {colour: this.colourOnStderr()})}\n`)
  }

  protected colourOnStderr(): boolean {
    return Boolean(process.stderr.isTTY) && !process.env['NO_COLOR']
  }

  protected colourOnStdout(): boolean {
    return Boolean(process.stdout.isTTY) && !process.env['NO_COLOR']
  }
}

/** oclif's own complaints (unknown flag, missing argument) in our form. */
function ofUsage(error: Error & {oclif?: {exit?: number}}): Error {
  if (error instanceof GhaError || !error.oclif) return error
  const [first = 'wrong usage', ...rest] = error.message.split('\n').filter(line => line.trim() !== '')
  return new GhaError(first.charAt(0).toLowerCase() + first.slice(1), {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: rest.join(' ').trim() || 'Look at the flags with `--help`.',
  })
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, place) =>
      word === '-ojson' || word === '--output=json' || (/^(-o|--output)$/.test(word) && argv[place + 1] === 'json'),
  )
}
