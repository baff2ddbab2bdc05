import {Flags} from '@oclif/core'
import {wishPace} from '../lib/actions/change/wish-pace.ts'
import {wishVersion} from '../lib/actions/change/wish-version.ts'
import {ChangeCommand, changeFlags} from '../lib/cli/change-command.ts'
import type {Cluster} from '../lib/model/cluster.ts'

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
    {description: 'Roll out a changed setting', command: '<%= config.bin %> <%= command.id %>'},
    {
      description: 'From a script, waiting for another run',
      command: '<%= config.bin %> <%= command.id %> --to 12.1.1 --yes --lock-wait 600',
    },
  ]
  static override readonly flags = {
    ...changeFlags,
    to: Flags.string({
      summary: 'Grafana version to go to; becomes `grafana.version` in gha.yaml.',
      helpValue: 'VERSION',
    }),
    limit: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      summary: 'Only these nodes: names, patterns such as `web*`, or `zone=a`; the others wait for a later rollout.',
      helpValue: 'NODE,…',
    }),
    canary: Flags.string({
      summary: 'The node that goes first and alone; over `rollout.canary` in gha.yaml.',
      helpValue: 'NODE',
    }),
    'max-failed': Flags.integer({
      summary: 'How many nodes may fail and go back before no other begins; over `rollout.maxFailed` in gha.yaml.',
      helpValue: 'N',
      min: 0,
    }),
    'accept-loss': Flags.boolean({summary: 'Restart although users will notice: one node only, or no balancer.'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Rollout)
    const {to, canary, 'max-failed': maxFailed} = flags
    const wish = (cluster: Cluster) => wishPace(to ? wishVersion(cluster, to) : cluster, {canary, maxFailed})
    await this.change({verb: 'rollout', flags, wish})
  }
}
