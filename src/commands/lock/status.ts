import {lookAtRuns} from '../../lib/actions/control/look-at-runs.ts'
import {BaseCommand, configFlag, outputFlag} from '../../lib/cli/base-command.ts'
import {openContext} from '../../lib/cli/context.ts'
import {lockStatusDocument, lockStatusText} from '../../lib/report/runs/lock-status.ts'
import {runsExit} from '../../lib/report/runs/run-status.ts'

export default class LockStatus extends BaseCommand {
  static override readonly summary = 'Show who holds the lock on which node.'
  static override readonly description =
    'Each node keeps the lock of the run that changes it, renewed every 15 seconds. One that was not renewed for a minute is free for the next run. Exit 4 when a node could not be asked.'
  static override readonly examples = [
    {description: 'For people', command: '<%= config.bin %> <%= command.id %>'},
    {description: 'For a script', command: '<%= config.bin %> <%= command.id %> -o json'},
  ]
  static override readonly flags = {config: configFlag, output: outputFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(LockStatus)
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: true})
    try {
      const seen = await lookAtRuns(cluster, ports, 1)
      const text = () => lockStatusText(seen, {colour: this.colourOnStdout()})
      ports.ui.print(flags.output === 'json' ? JSON.stringify(lockStatusDocument(seen)) : text())
      this.leave(runsExit(seen))
    } finally {
      await close()
    }
  }
}
