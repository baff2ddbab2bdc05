import {AskCommand, askExamples, askFlags} from '../../lib/cli/ask-command.ts'

export default class RolloutResume extends AskCommand {
  static override readonly summary = 'Let a paused run go on.'
  static override readonly description =
    'From any machine. A run that was stopped or cut is not resumed but run again: `gha rollout` looks at the cluster and does what is left.'
  static override readonly examples = askExamples
  static override readonly flags = askFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutResume)
    await this.ask({wish: 'go', flags})
  }
}
