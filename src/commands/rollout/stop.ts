import {AskCommand, askExamples, askFlags} from '../../lib/cli/ask-command.ts'

export default class RolloutStop extends AskCommand {
  static override readonly summary = 'End the run under way after its node.'
  static override readonly description =
    'The node under way is finished or put back, no other begins, and the run exits 5. A paused run ends at once. `gha rollout` does what is left.'
  static override readonly examples = askExamples
  static override readonly flags = askFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutStop)
    await this.ask({wish: 'stop', flags})
  }
}
