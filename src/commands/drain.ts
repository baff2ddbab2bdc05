import {Flags} from '@oclif/core'
import {drainNode} from '../lib/actions/drain/drain-node.ts'
import {DrainCommand, drainArgs, drainFlags} from '../lib/cli/drain-command.ts'

export default class Drain extends DrainCommand {
  static override readonly summary = 'Take a node out of the balancer, and keep it out.'
  static override readonly description =
    'Refused unless every other node serves. What is under way is finished, then nothing is sent there any more. Who drained it, why and for how long is kept on the node. Nothing brings it back by itself: when its time is over, `gha status` and `gha check` say so. A rollout leaves it drained.'
  static override readonly examples = [
    {
      description: 'For half an hour',
      command: '<%= config.bin %> <%= command.id %> gf2 --for 30m --reason "new disk"',
    },
    {description: 'From a script', command: '<%= config.bin %> <%= command.id %> gf2 --yes'},
  ]
  static override readonly args = drainArgs
  static override readonly flags = {
    ...drainFlags,
    for: Flags.string({summary: 'How long it is meant to last.', helpValue: 'DURATION', default: '1h'}),
    reason: Flags.string({summary: 'Why; whoever finds it drained reads it.', helpValue: 'TEXT'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Drain)
    await this.move({
      verb: 'drain',
      node: args.node,
      flags,
      act: (request, ports) => drainNode({...request, for: flags.for, why: flags.reason ?? ''}, ports),
    })
  }
}
