import {undrainNode} from '../lib/actions/drain/undrain-node.ts'
import {DrainCommand, drainArgs, drainFlags} from '../lib/cli/drain-command.ts'

export default class Undrain extends DrainCommand {
  static override readonly summary = 'Bring a drained node back into the balancer.'
  static override readonly description =
    'Whoever drained it, with gha or by hand. Refused while Grafana is not healthy there, and for a node that a run holds out: `gha rollout` brings that one back.'
  static override readonly examples = [
    {description: 'One node', command: '<%= config.bin %> <%= command.id %> gf2'},
    {description: 'From a script', command: '<%= config.bin %> <%= command.id %> gf2 --yes'},
  ]
  static override readonly args = drainArgs
  static override readonly flags = drainFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Undrain)
    await this.move({verb: 'undrain', node: args.node, flags, act: undrainNode})
  }
}
