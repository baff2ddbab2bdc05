import {Flags} from '@oclif/core'
import {preview} from '../lib/actions/change/preview.ts'
import {BaseCommand, configFlag, outputFlag} from '../lib/cli/base-command.ts'
import {paceFlags, skipBalancerFlag} from '../lib/cli/change-command.ts'
import {openContext} from '../lib/cli/context.ts'
import {openWish} from '../lib/cli/wish.ts'
import {hasWork, planDocument, planText} from '../lib/report/plan.ts'

export default class Plan extends BaseCommand {
  static override readonly summary = 'Show what `gha rollout` would change, and why, and change nothing.'
  static override readonly description =
    'Per node: package, the difference of every file with secrets replaced, order and steps; and what the version step means for going back. With `--exit-code` it exits 10 when there is something to do.'
  static override readonly examples = [
    {description: 'What is not as gha.yaml wishes', command: '<%= config.bin %> <%= command.id %>'},
    {description: 'What another version would change', command: '<%= config.bin %> <%= command.id %> --to 12.1.1'},
    {
      description: 'In a nightly job: fail when somebody changed something',
      command: '<%= config.bin %> <%= command.id %> --exit-code -o json',
    },
  ]
  static override readonly flags = {
    config: configFlag,
    output: outputFlag,
    ...paceFlags,
    'skip-balancer': skipBalancerFlag,
    'exit-code': Flags.boolean({summary: 'Exit 10 when there is something to do.'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Plan)
    const context = await openContext({config: flags.config, dryRun: true})
    const {ports, close} = context
    try {
      const wish = await openWish(context, flags)
      const {view} = await preview({verb: 'rollout', ...wish}, ports)
      const colour = this.colourOnStdout()
      ports.ui.print(flags.output === 'json' ? JSON.stringify(planDocument(view)) : planText(view, {colour}))
      if (flags['exit-code'] && hasWork(view)) this.leave('drift')
    } finally {
      await close()
    }
  }
}
