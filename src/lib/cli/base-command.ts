import {Command, Flags} from '@oclif/core'
import {type ExitName, exitCode} from '../errors/exit-codes.ts'
import {sayError, type ThrownError} from './say-error.ts'

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

  protected override async catch(error: ThrownError): Promise<void> {
    if (!isBrokenPipe(error)) sayError(error, this.argv)
  }

  protected colourOnStderr(): boolean {
    return Boolean(process.stderr.isTTY) && !process.env['NO_COLOR']
  }

  protected colourOnStdout(): boolean {
    return Boolean(process.stdout.isTTY) && !process.env['NO_COLOR']
  }
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
