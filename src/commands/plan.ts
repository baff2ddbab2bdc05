import path from 'node:path'
import {Flags} from '@oclif/core'
import {preview} from '../lib/actions/change/preview.ts'
import {writeSavedPlan} from '../lib/actions/change/saved-plan-file.ts'
import {BaseCommand, configFlag, outputFlag} from '../lib/cli/base-command.ts'
import {backupFlags, paceFlags, skipBalancerFlag} from '../lib/cli/change-flags.ts'
import {openContext} from '../lib/cli/context.ts'
import {openWish, optionsOf} from '../lib/cli/wish.ts'
import {hasWork, planDocument, planText} from '../lib/report/plan.ts'

export default class Plan extends BaseCommand {
  static override readonly summary = 'Show what `gha rollout` would change, and why, and change nothing.'
  static override readonly description =
    'Per node: package, the difference of every file with secrets replaced, order and steps; and what the version step means for going back. With `--exit-code` it exits 10 when there is something to do.'
  static override readonly examples = [
    {description: 'What is not as gha.yaml wishes', command: '<%= config.bin %> <%= command.id %>'},
    {description: 'What another version would change', command: '<%= config.bin %> <%= command.id %> --to 12.1.1'},
    {
      description: 'Save it, and carry out exactly that later',
      command: '<%= config.bin %> <%= command.id %> --to 12.1.1 --out plan.json',
    },
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
    ...backupFlags,
    out: Flags.string({
      char: 'O',
      summary:
        'Save the plan there for `gha rollout --plan`, with all that it takes for granted and without any secret.',
      helpValue: 'FILE',
    }),
    'exit-code': Flags.boolean({summary: 'Exit 10 when there is something to do.'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Plan)
    const context = await openContext({config: flags.config, dryRun: true})
    const {ports, close} = context
    try {
      const options = optionsOf(flags)
      const wish = await openWish(context, options)
      const {view, survey} = await preview({verb: 'rollout', ...wish}, ports)
      const colour = this.colourOnStdout()
      // Before it is shown: what cannot be saved is one error, and whoever reads only the beginning has it saved all the same.
      const file = flags.out === undefined ? undefined : path.resolve(flags.out)
      if (file !== undefined) await writeSavedPlan(file, {cluster: wish.cluster, options, survey}, ports)
      ports.ui.print(flags.output === 'json' ? JSON.stringify(planDocument(view)) : planText(view, {colour}))
      if (file !== undefined) ports.ui.say(`saved to ${file}: \`gha rollout --plan ${flags.out}\` carries it out`)
      if (flags['exit-code'] && hasWork(view)) this.leave('drift')
    } finally {
      await close()
    }
  }
}
