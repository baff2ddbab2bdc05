import {LookCommand, lookExamples, lookFlags} from '../../lib/cli/look-command.ts'
import {runStatusDocument, runStatusText} from '../../lib/report/runs/run-status.ts'

export default class RolloutStatus extends LookCommand {
  static override readonly summary = 'Show the run under way: whose it is, which node, which step.'
  static override readonly description =
    'From any machine: the nodes keep the journal. From another machine than the run it can be 15 seconds old. Without a run it tells how the last one ended. Exit 4 when a node could not be asked.'
  static override readonly examples = lookExamples
  static override readonly flags = lookFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutStatus)
    await this.look({flags, runs: 1, text: runStatusText, document: runStatusDocument})
  }
}
