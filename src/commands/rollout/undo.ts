import {planUndo} from '../../lib/actions/undo/plan-undo.ts'
import {ChangeCommand} from '../../lib/cli/change-command.ts'
import {changeFlags, lossFlags} from '../../lib/cli/change-flags.ts'
import {undoText} from '../../lib/report/undo.ts'

export default class RolloutUndo extends ChangeCommand {
  static override readonly summary = 'Bring the nodes back to what they were before the last run.'
  static override readonly description =
    'A rollout like any other, with the same gates, to the releases that still lie on the nodes. Unfinished runs that the last one had taken up are undone with it, and those with `--limit` of which it did the rest. The version in gha.yaml goes back; what else in it differs is shown, because the next rollout would bring it again. Refused over a migration that had the database alone: that way back is a restore. One that was cut, stopped or failed goes on to where it was going; undoing one that was done goes forward again.'
  static override readonly examples = [
    {description: 'See what would be done', command: '<%= config.bin %> <%= command.id %> --dry-run'},
    {description: 'From a script', command: '<%= config.bin %> <%= command.id %> --yes'},
  ]
  static override readonly flags = {...changeFlags, ...lossFlags}

  async run(): Promise<void> {
    const {flags} = await this.parse(RolloutUndo)
    await this.change({
      verb: 'rollout',
      calledFor: 'undo',
      flags,
      wishFor: async ({ports}, wish) => {
        const undo = await planUndo(wish.cluster, ports, wish.material)
        ports.ui.say(undoText(undo))
        return {...wish, cluster: undo.cluster, back: undo.back}
      },
    })
  }
}
