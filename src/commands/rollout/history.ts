import {lookAtRuns} from '../../lib/actions/control/look-at-runs.ts'
import {BaseCommand, configFlag, outputFlag} from '../../lib/cli/base-command.ts'
import {openContext} from '../../lib/cli/context.ts'
import {runHistoryDocument, runHistoryText} from '../../lib/report/runs/run-history.ts'
import {runsExit} from '../../lib/report/runs/run-status.ts'

export default class RolloutHistory extends BaseCommand {
  static override readonly summary = 'List past runs with their result and duration.'
  static override readonly description =
    'From any machine: the nodes remember their last 20 runs, and the folder beside gha.yaml those of this machine. A run without an end whose lock nobody holds any more was cut. Exit 4 when a node could not be asked.'
  static override readonly examples = [
    {description: 'For people', command: '<%= config.bin %> <%= command.id %>'},
    {description: 'For a script', command: '<%= config.bin %> <%= command.id %> -o json'},
  ]
  static override readonly flags = {config: configFlag, output: outputFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutHistory)
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: true})
    try {
      const seen = await lookAtRuns(cluster, ports)
      const text = () => runHistoryText(seen, {colour: this.colourOnStdout()})
      ports.ui.print(flags.output === 'json' ? JSON.stringify(runHistoryDocument(seen)) : text())
      this.leave(runsExit(seen))
    } finally {
      await close()
    }
  }
}
