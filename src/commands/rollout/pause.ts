import {AskCommand, askExamples, askFlags} from '../../lib/cli/ask-command.ts'

export default class RolloutPause extends AskCommand {
  static override readonly summary = 'Let the run under way finish its node, and wait.'
  static override readonly description =
    'The run keeps its lock and every node serves until somebody says `resume` or `stop`, from any machine. The run hears of it with its next sign of life, within 15 seconds, and before it begins another node in any case where a node is at work.'
  static override readonly examples = askExamples
  static override readonly flags = askFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutPause)
    await this.ask({wish: 'pause', flags})
  }
}
