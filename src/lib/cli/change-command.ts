import path from 'node:path'
import {Flags} from '@oclif/core'
import {beforeConnecting} from '../actions/change/before-connecting.ts'
import {type ChangeResult, changeCluster} from '../actions/change/change-cluster.ts'
import type {ChangeRequest} from '../actions/change/change-request.ts'
import {readSavedPlan} from '../actions/change/saved-plan-file.ts'
import {skipHooks} from '../actions/change/skip-hooks.ts'
import {changeDocument, changeExit, changeText} from '../report/change.ts'
import {Footprints} from '../report/cut-short.ts'
import {reportPage} from '../report/html/page.ts'
import {planDocument, planText, type ShownPlan} from '../report/plan.ts'
import {progressLine} from '../report/progress.ts'
import {runReport} from '../report/run-report.ts'
import type {ProgressEvent} from '../rollout/run.ts'
import {BaseCommand, configFlag, mutationFlags, outputFlag} from './base-command.ts'
import {type Context, openContext} from './context.ts'
import {onInterrupt} from './interrupt.ts'
import {openWish, optionsOf, type Wish, type WishFlags} from './wish.ts'

export const skipBalancerFlag = Flags.string({
  multiple: true,
  multipleNonGreedy: true,
  summary: 'A balancer host that is dead and is left out; can be given several times.',
  helpValue: 'NAME',
})

/** What a rollout, and the plan of one, may wish over gha.yaml. */
export const paceFlags = {
  to: Flags.string({
    summary: 'Grafana version to go to; becomes `grafana.version` in gha.yaml.',
    helpValue: 'VERSION',
  }),
  limit: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    summary: 'Only these nodes: names, patterns such as `web*`, or `zone=a`; the others wait for a later rollout.',
    helpValue: 'NODE',
  }),
  canary: Flags.string({
    summary: 'The node that goes first and alone; over `rollout.canary` in gha.yaml.',
    helpValue: 'NODE',
  }),
  'max-failed': Flags.integer({
    summary: 'How many nodes may fail and go back before no other begins; over `rollout.maxFailed` in gha.yaml.',
    helpValue: 'N',
    min: 0,
  }),
  probe: Flags.boolean({
    summary: 'Watch what users get meanwhile; without, nobody does.',
    default: true,
    allowNo: true,
  }),
}

/** How the database is copied before its schema changes. */
export const backupFlags = {
  'backup-cmd': Flags.string({
    summary:
      'Your own command copies the database instead: it must end with 0, and its last line is the id of its copy.',
    helpValue: 'COMMAND',
    exclusive: ['skip-backup'],
  }),
  'skip-backup': Flags.boolean({
    summary: 'Change the schema without a copy of the database: there is no way back then.',
  }),
}

/** What restarts nodes that serve may ask for. */
export const lossFlags = {
  'accept-loss': Flags.boolean({summary: 'Restart although users will notice: one node only, or no balancer.'}),
}

export const changeFlags = {
  config: configFlag,
  output: outputFlag,
  ...mutationFlags,
  'take-over': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    summary: 'A file on the nodes that gha did not write and may overwrite now; can be given several times.',
    helpValue: 'FILE',
  }),
  'skip-balancer': skipBalancerFlag,
  ...backupFlags,
  'skip-hooks': Flags.boolean({summary: 'Run none of the hooks of gha.yaml.'}),
  'lock-wait': Flags.integer({summary: 'Seconds to wait for another run to release the lock.', default: 0, min: 0}),
}

export interface ChangeFlags extends WishFlags {
  readonly config?: string | undefined
  readonly output: 'text' | 'json'
  readonly 'dry-run': boolean
  readonly yes: boolean
  readonly 'take-over'?: readonly string[] | undefined
  readonly 'lock-wait': number
  readonly 'skip-hooks': boolean
  readonly 'accept-loss'?: boolean | undefined
  readonly report?: string | undefined
  readonly plan?: string | undefined
}

interface Wanted {
  readonly verb: ChangeRequest['verb']
  readonly flags: ChangeFlags
  /** Where it is not the verb. */
  readonly calledFor?: ChangeRequest['calledFor']
  /** What is wished; gha.yaml and the command line without it. */
  readonly wishFor?: (context: Context, wish: Wish) => Promise<Wish & Pick<ChangeRequest, 'back'>>
}

/** What `apply` and `rollout` have in common: plan, ask, act, report. */
export abstract class ChangeCommand extends BaseCommand {
  protected async change({verb, flags, calledFor = verb, wishFor}: Wanted): Promise<void> {
    const context = await openChange(flags)
    const {ports} = context
    const footprints = new Footprints()
    const interrupt = onInterrupt({say: text => ports.ui.say(text), left: () => footprints.left()})
    const progress = (event: ProgressEvent) => {
      footprints.heed(event)
      const line = progressLine(event, {colour: this.colourOnStderr()})
      if (line !== undefined) ports.ui.say(line)
    }
    try {
      const saved = flags.plan ? await readSavedPlan(path.resolve(flags.plan), context.cluster, ports) : undefined
      await beforeConnecting({cluster: context.cluster, calledFor, dryRun: flags['dry-run'], progress}, ports)
      const asked = await openWish(context, saved?.options ?? optionsOf(flags))
      const wish = wishFor ? await wishFor(context, asked) : asked
      const result = await changeCluster(
        {
          verb,
          calledFor,
          ...wish,
          saved,
          writesVersion: wish.cluster.grafana.version !== context.cluster.grafana.version,
          dryRun: flags['dry-run'],
          takeOver: flags['take-over'] ?? [],
          acceptLoss: flags['accept-loss'] ?? false,
          lockWaitSeconds: flags['lock-wait'],
          reason: ['gha', calledFor === 'undo' ? 'rollout undo' : verb, ...this.argv].join(' '),
          stopRequested: interrupt.requested,
          progress,
          confirm: view => this.confirm(context, flags, view),
        },
        ports,
      )
      await this.tell(context, flags, result)
    } finally {
      interrupt.over()
      await context.close()
    }
  }

  private async tell({ports}: Context, flags: ChangeFlags, result: ChangeResult): Promise<void> {
    const report = flags.report && runReport(result)
    if (report) await ports.files.write(path.resolve(flags.report ?? ''), reportPage(report), 0o644)
    if (flags.output === 'json' && result.result !== 'planned') ports.ui.print(JSON.stringify(changeDocument(result)))
    if (flags.output === 'text') ports.ui.say(changeText(result))
    this.leave(changeExit(result))
  }

  /** A dry run's plan is data and goes to stdout; before a question it is talk. */
  private async confirm({ports}: Context, flags: ChangeFlags, view: ShownPlan): Promise<boolean> {
    if (flags['dry-run']) {
      ports.ui.print(
        flags.output === 'json' ? JSON.stringify(planDocument(view)) : planText(view, {colour: this.colourOnStdout()}),
      )
      return false
    }
    ports.ui.say(planText(view, {colour: this.colourOnStderr()}))
    return flags.yes || ports.ui.confirm(`Go ahead with this ${view.plan.verb}?`)
  }
}

async function openChange(flags: ChangeFlags): Promise<Context> {
  const context = await openContext({config: flags.config, dryRun: flags['dry-run']})
  return flags['skip-hooks'] ? {...context, cluster: skipHooks(context.cluster)} : context
}
