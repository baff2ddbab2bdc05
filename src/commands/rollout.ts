import {Flags} from '@oclif/core'
import {ChangeCommand} from '../lib/cli/change-command.ts'
import {backupFlags, changeFlags, lossFlags, paceFlags} from '../lib/cli/change-flags.ts'

export default class Rollout extends ChangeCommand {
  static override readonly summary = 'Bring every node to what gha.yaml wishes, one at a time, unnoticed.'
  static override readonly description =
    'Stages package and files on all nodes, then takes one node after the other out of the balancer, swaps, restarts, waits until it is healthy and puts it back. A node that does not become healthy goes back to its old release. Run it again after an interruption: it looks at the cluster and does what is left.'
  static override readonly examples = [
    {
      description: 'See the plan for another version',
      command: '<%= config.bin %> <%= command.id %> --to 12.1.1 --dry-run',
    },
    {
      description: 'Try one node first, and leave the others for later',
      command: '<%= config.bin %> <%= command.id %> --to 12.1.1 --limit gf1',
    },
    {
      description: 'Carry out a plan that somebody has looked at',
      command: '<%= config.bin %> <%= command.id %> --plan plan.json --yes',
    },
    {
      description: 'Undo it unless it is confirmed, here or with `gha rollout confirm` from anywhere',
      command: '<%= config.bin %> <%= command.id %> --to 12.1.1 --try 10m',
    },
    {description: 'Roll out a changed setting', command: '<%= config.bin %> <%= command.id %>'},
    {
      description: 'From a script, waiting for another run',
      command: '<%= config.bin %> <%= command.id %> --to 12.1.1 --yes --lock-wait 600',
    },
  ]
  static override readonly usage = [
    'rollout [--to VERSION] [--limit NODE...] [--canary NODE] [FLAGS]',
    'rollout --plan FILE [FLAGS]',
  ]
  static override readonly flags = {
    ...changeFlags,
    ...paceFlags,
    plan: Flags.string({
      summary: 'Carry out exactly the plan that `gha plan --out` saved there, or refuse and say what has moved.',
      helpValue: 'FILE',
      exclusive: [...Object.keys(paceFlags), ...Object.keys(backupFlags), 'skip-balancer'],
    }),
    try: Flags.string({
      summary: 'Undo it unless somebody confirms it within that time, once every node serves.',
      helpValue: 'DURATION',
    }),
    report: Flags.string({
      summary: 'Write one self-contained HTML page at the end: steps over time, above what users got.',
      helpValue: 'FILE',
    }),
    ...lossFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Rollout)
    await this.change({verb: 'rollout', flags})
  }
}
