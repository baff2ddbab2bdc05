import {Args} from '@oclif/core'
import {breakLock} from '../../lib/actions/control/break-lock.ts'
import {BaseCommand, configFlag, mutationFlags, outputFlag} from '../../lib/cli/base-command.ts'
import {openContext} from '../../lib/cli/context.ts'
import {brokenLockDocument, brokenLockExit, brokenLockText} from '../../lib/report/runs/broken-lock.ts'
import {lockStatusText} from '../../lib/report/runs/lock-status.ts'

export default class LockBreak extends BaseCommand {
  static override readonly summary = 'Take the lock away from a run that is surely dead.'
  static override readonly description =
    'Needs the id of the run, as `gha lock status` shows it, so that nobody else loses a lock. Every node gets a higher generation: whatever the old run still sends is refused. A dead run loses its lock by itself a minute after its last sign of life.'
  static override readonly examples = [
    {
      description: 'The run that `gha lock status` shows',
      command: '<%= config.bin %> <%= command.id %> 20261120T231500-4f2a',
    },
  ]
  static override readonly args = {run: Args.string({description: 'Id of the run.', required: true})}
  static override readonly flags = {config: configFlag, output: outputFlag, ...mutationFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LockBreak)
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: flags['dry-run']})
    try {
      const broken = await breakLock(cluster, ports, {
        run: args.run,
        dryRun: flags['dry-run'],
        confirm: async seen => {
          ports.ui.say(lockStatusText(seen, {colour: this.colourOnStderr()}))
          if (flags['dry-run'] || flags.yes) return flags.yes
          return ports.ui.confirm(`Take the lock away from run ${args.run}?`)
        },
      })
      if (flags.output === 'json') ports.ui.print(JSON.stringify(brokenLockDocument(broken)))
      else ports.ui.say(brokenLockText(broken))
      this.leave(brokenLockExit(broken))
    } finally {
      await close()
    }
  }
}
