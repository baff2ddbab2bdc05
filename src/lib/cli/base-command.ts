import {Command, Flags, type Interfaces} from '@oclif/core'
import {type ExitName, exitCode} from '../errors/exit-codes.ts'
import {GhaError} from '../errors/gha-error.ts'
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

type Out = Interfaces.OutputFlags<Interfaces.FlagInput>
type Args = Interfaces.OutputArgs<Interfaces.ArgInput>

/** Every command's frame: one way to fail, one way to exit. A command parses, opens the context, calls one action, reports. */
export abstract class BaseCommand extends Command {
  /** An empty value, as of `--to "$VERSION"` with nothing in the variable, is a mistake: never the same as no flag. */
  protected override async parse<F extends Out, B extends Out, A extends Args>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv)
    const empty = Object.entries(parsed.flags).find(([, value]) => [value].flat().includes(''))
    if (!empty) return parsed
    throw new GhaError(`--${empty[0]} is given without a value`, {
      code: 'USAGE',
      exit: 'usage',
      unchanged: 'Nothing was changed.',
      hint: 'Give it a value or leave it out.',
    })
  }

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
