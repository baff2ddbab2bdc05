import {LookCommand, lookExamples, lookFlags} from '../../lib/cli/look-command.ts'
import {lockStatusDocument, lockStatusText} from '../../lib/report/runs/lock-status.ts'

export default class LockStatus extends LookCommand {
  static override readonly summary = 'Show who holds the lock on which node.'
  static override readonly description =
    'Each node keeps the lock of the run that changes it, renewed every 15 seconds. One that was not renewed for a minute is free for the next run. Exit 4 when a node could not be asked.'
  static override readonly examples = lookExamples
  static override readonly flags = lookFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(LockStatus)
    await this.look({flags, runs: 1, text: lockStatusText, document: lockStatusDocument})
  }
}
