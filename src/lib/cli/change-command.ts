import path from 'node:path'
import {beforeConnecting} from '../actions/change/before-connecting.ts'
import type {ChangeRequest} from '../actions/change/change-request.ts'
import {readSavedPlan} from '../actions/change/saved-plan-file.ts'
import {skipHooks} from '../actions/change/skip-hooks.ts'
import {type TriedResult, tryChange} from '../actions/undo/try-change.ts'
import {changeDocument, changeExit, changeText} from '../report/change.ts'
import {Footprints} from '../report/cut-short.ts'
import {planDocument, planText, type ShownPlan} from '../report/plan.ts'
import {progressLine} from '../report/progress.ts'
import {type RunReport, wholeReport} from '../report/run-report.ts'
import type {ProgressEvent} from '../rollout/run.ts'
import {BaseCommand} from './base-command.ts'
import type {ChangeFlags} from './change-flags.ts'
import {type Context, openContext} from './context.ts'
import {onInterrupt} from './interrupt.ts'
import {refuseUnwritable} from './refuse-unwritable.ts'
import {refuseReport, writeReport} from './report-file.ts'
import {tryOf} from './try-of.ts'
import {openWish, optionsOf, type Wish} from './wish.ts'

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
    const interrupt = onInterrupt({
      say: text => ports.ui.say(text),
      stopping: () => footprints.stopping(),
      left: () => footprints.left(),
      argv: this.argv,
    })
    const progress = (event: ProgressEvent) => {
      footprints.heed(event)
      const line = progressLine(event, {colour: this.colourOnStderr()})
      if (line !== undefined) ports.ui.say(line)
    }
    const runs: RunReport[] = []
    try {
      await refuseReport(flags.report, ports)
      const saved = flags.plan ? await readSavedPlan(path.resolve(flags.plan), context.cluster, ports) : undefined
      await beforeConnecting({cluster: context.cluster, calledFor, dryRun: flags['dry-run'], progress}, ports)
      const asked = await openWish(context, saved?.options ?? optionsOf(flags))
      const wish = wishFor ? await wishFor(context, asked) : asked
      const writesVersion = wish.cluster.grafana.version !== context.cluster.grafana.version
      if (writesVersion && !flags['dry-run']) await refuseUnwritable(context.cluster.file, ports)
      const result = await tryChange(
        {
          verb,
          calledFor,
          ...wish,
          saved,
          writesVersion,
          dryRun: flags['dry-run'],
          tries: tryOf(flags.try, {ui: ports.ui, over: interrupt.answered}),
          takeOver: flags['take-over'] ?? [],
          acceptLoss: flags['accept-loss'] ?? false,
          acceptNoRollback: flags['accept-no-rollback'] ?? false,
          lockWaitSeconds: flags['lock-wait'],
          reason: ['gha', calledFor === 'undo' ? 'rollout undo' : verb, ...this.argv].join(' '),
          stopRequested: interrupt.requested,
          progress,
          record: report => runs.push(report),
          confirm: view => this.confirm(context, flags, view),
        },
        ports,
      )
      await writeReport(flags.report, ports, wholeReport(runs))
      this.tell(context, flags, result)
    } catch (error) {
      await writeReport(flags.report, ports, wholeReport(runs, error))
      throw error
    } finally {
      interrupt.over()
      await context.close()
    }
  }

  private tell({ports}: Context, flags: ChangeFlags, result: TriedResult): void {
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
