import {Flags} from '@oclif/core'
import {askRun} from '../actions/control/ask-run.ts'
import type {RunWish} from '../model/run-request.ts'
import {askedRunDocument, askedRunText} from '../report/runs/asked-run.ts'
import {BaseCommand, configFlag, outputFlag} from './base-command.ts'
import {openContext} from './context.ts'

export const askFlags = {
  config: configFlag,
  output: outputFlag,
  reason: Flags.string({summary: 'Why; whoever waits for the run reads it.', helpValue: 'TEXT'}),
}

export const askExamples = [
  {description: 'From another terminal or machine', command: '<%= config.bin %> <%= command.id %>'},
  {
    description: 'Saying why',
    command: '<%= config.bin %> <%= command.id %> --reason "the database is slow"',
  },
]

interface Wanted {
  readonly wish: RunWish
  readonly flags: {
    readonly config?: string | undefined
    readonly output: 'text' | 'json'
    readonly reason?: string | undefined
  }
}

/** What `pause`, `resume`, `stop` and `confirm` have in common: they ask the run under way, and change nothing of the cluster. */
export abstract class AskCommand extends BaseCommand {
  protected async ask({wish, flags}: Wanted): Promise<void> {
    const {cluster, ports, close} = await openContext({config: flags.config})
    try {
      const asked = await askRun(cluster, ports, {wish, reason: flags.reason ?? ''})
      if (flags.output === 'json') ports.ui.print(JSON.stringify(askedRunDocument(asked)))
      else ports.ui.say(askedRunText(asked))
    } finally {
      await close()
    }
  }
}
