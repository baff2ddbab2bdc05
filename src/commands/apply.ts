import {ChangeCommand} from '../lib/cli/change-command.ts'
import {changeFlags} from '../lib/cli/change-flags.ts'

export default class Apply extends ChangeCommand {
  static override readonly summary = 'Bring up every node that does not serve yet.'
  static override readonly description =
    'Installs, configures and starts Grafana where it serves nobody, and writes the balancer files that gha owns. A node that serves is never restarted: for that there is `gha rollout`, and apply exits 10.'
  static override readonly examples = [
    {description: 'See what would be done', command: '<%= config.bin %> <%= command.id %> --dry-run'},
    {description: 'Bring the cluster up from a script', command: '<%= config.bin %> <%= command.id %> --yes'},
  ]
  static override readonly flags = changeFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(Apply)
    await this.change({verb: 'apply', flags})
  }
}
