import {LookCommand, lookExamples, lookFlags} from '../../lib/cli/look-command.ts'
import {runHistoryDocument, runHistoryText} from '../../lib/report/runs/run-history.ts'

export default class RolloutHistory extends LookCommand {
  static override readonly summary = 'List past runs with their result and duration.'
  static override readonly description =
    'From any machine: the nodes remember their last 20 runs, and the folder beside gha.yaml those of this machine. A run without an end whose lock nobody holds any more was cut. Exit 4 when a node could not be asked.'
  static override readonly examples = lookExamples
  static override readonly flags = lookFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutHistory)
    await this.look({flags, text: runHistoryText, document: runHistoryDocument})
  }
}
