import {lookAtRuns} from '../actions/control/look-at-runs.ts'
import type {RunsSeen} from '../report/runs/runs-seen.ts'
import {runsExit} from '../report/runs/silent-nodes.ts'
import {BaseCommand, configFlag, outputFlag} from './base-command.ts'
import {openContext} from './context.ts'

export const lookFlags = {config: configFlag, output: outputFlag}

export const lookExamples = [
  {description: 'For people', command: '<%= config.bin %> <%= command.id %>'},
  {description: 'For a script', command: '<%= config.bin %> <%= command.id %> -o json'},
]

interface Wanted {
  readonly flags: {readonly config?: string | undefined; readonly output: 'text' | 'json'}
  /** How many runs of the past; all that are remembered without it. */
  readonly runs?: number
  readonly text: (seen: RunsSeen, options: {readonly colour: boolean}) => string
  readonly document: (seen: RunsSeen) => Record<string, unknown>
}

/** What `rollout status`, `rollout history` and `lock status` have in common: they tell what the nodes know of runs. */
export abstract class LookCommand extends BaseCommand {
  protected async look({flags, runs, text, document}: Wanted): Promise<void> {
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: true})
    try {
      const seen = await lookAtRuns(cluster, ports, runs)
      const json = flags.output === 'json'
      ports.ui.print(json ? JSON.stringify(document(seen)) : text(seen, {colour: this.colourOnStdout()}))
      this.leave(runsExit(seen))
    } finally {
      await close()
    }
  }
}
