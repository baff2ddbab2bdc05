import {lookAtRuns} from '../../lib/actions/control/look-at-runs.ts'
import {BaseCommand, configFlag, outputFlag} from '../../lib/cli/base-command.ts'
import {openContext} from '../../lib/cli/context.ts'
import {runStatusDocument, runStatusText, runsExit} from '../../lib/report/runs/run-status.ts'

export default class RolloutStatus extends BaseCommand {
  static override readonly summary = 'Show the run under way: whose it is, which node, which step.'
  static override readonly description =
    'From any machine: the nodes keep the journal. From another machine than the run it can be 15 seconds old. Without a run it tells how the last one ended. Exit 4 when a node could not be asked.'
  static override readonly examples = [
    {description: 'For people', command: '<%= config.bin %> <%= command.id %>'},
    {description: 'For a script', command: '<%= config.bin %> <%= command.id %> -o json'},
  ]
  static override readonly flags = {config: configFlag, output: outputFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutStatus)
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: true})
    try {
      const seen = await lookAtRuns(cluster, ports, 1)
      const text = () => runStatusText(seen, {colour: this.colourOnStdout()})
      ports.ui.print(flags.output === 'json' ? JSON.stringify(runStatusDocument(seen)) : text())
      this.leave(runsExit(seen))
    } finally {
      await close()
    }
  }
}
