import {AskCommand, askFlags} from '../../lib/cli/ask-command.ts'

export default class RolloutConfirm extends AskCommand {
  static override readonly summary = 'Keep what a rollout with `--try` has brought.'
  static override readonly description =
    'From any machine, while the run waits. Without it, when its time is over, the run goes back to what was before.'
  static override readonly examples = [
    {description: 'From another terminal or machine', command: '<%= config.bin %> <%= command.id %>'},
    {
      description: 'Saying why',
      command: '<%= config.bin %> <%= command.id %> --reason "dashboards look right"',
    },
  ]
  static override readonly flags = askFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutConfirm)
    await this.ask({wish: 'confirm', flags})
  }
}
