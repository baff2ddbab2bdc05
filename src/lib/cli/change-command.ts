import {Flags} from '@oclif/core'
import {changeCluster} from '../actions/change/change-cluster.ts'
import type {ChangeRequest} from '../actions/change/change-request.ts'
import {nodesWithin} from '../actions/change/nodes-within.ts'
import {skipBalancers} from '../actions/change/skip-balancers.ts'
import {readMaterial} from '../actions/read-material.ts'
import type {Cluster} from '../model/cluster.ts'
import {changeDocument, changeExit, changeText} from '../report/change.ts'
import {Footprints} from '../report/cut-short.ts'
import {planDocument, planText} from '../report/plan.ts'
import {progressLine} from '../report/progress.ts'
import {BaseCommand, configFlag, mutationFlags, outputFlag} from './base-command.ts'
import {type Context, openContext} from './context.ts'
import {onInterrupt} from './interrupt.ts'

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
  'skip-balancer': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    summary: 'A balancer host that is dead and is left out; can be given several times.',
    helpValue: 'NAME',
  }),
  'lock-wait': Flags.integer({summary: 'Seconds to wait for another run to release the lock.', default: 0, min: 0}),
}

export interface ChangeFlags {
  readonly config?: string | undefined
  readonly output: 'text' | 'json'
  readonly 'dry-run': boolean
  readonly yes: boolean
  readonly 'take-over'?: readonly string[] | undefined
  readonly 'skip-balancer'?: readonly string[] | undefined
  readonly 'lock-wait': number
  readonly 'accept-loss'?: boolean | undefined
  readonly limit?: readonly string[] | undefined
}

interface Wanted {
  readonly verb: ChangeRequest['verb']
  readonly flags: ChangeFlags
  /** Another wish than the file's, from the command line. */
  readonly wish?: (cluster: Cluster) => Cluster
}

/** What `apply` and `rollout` have in common: plan, ask, act, report. */
export abstract class ChangeCommand extends BaseCommand {
  protected async change({verb, flags, wish}: Wanted): Promise<void> {
    const context = await openContext({config: flags.config, dryRun: flags['dry-run']})
    const footprints = new Footprints()
    const interrupt = onInterrupt({say: text => context.ports.ui.say(text), left: () => footprints.left()})
    try {
      const whole = wish ? wish(context.cluster) : context.cluster
      const cluster = skipBalancers(whole, flags['skip-balancer'] ?? [])
      const result = await changeCluster(
        {
          verb,
          cluster,
          material: await readMaterial(cluster, context.ports.files),
          writesVersion: cluster.grafana.version !== context.cluster.grafana.version,
          dryRun: flags['dry-run'],
          limit: flags.limit && nodesWithin(cluster, flags.limit),
          takeOver: flags['take-over'] ?? [],
          acceptLoss: flags['accept-loss'] ?? false,
          lockWaitSeconds: flags['lock-wait'],
          reason: ['gha', verb, ...this.argv].join(' '),
          stopRequested: interrupt.requested,
          progress: event => {
            footprints.heed(event)
            const line = progressLine(event, {colour: this.colourOnStderr()})
            if (line !== undefined) context.ports.ui.say(line)
          },
          confirm: (plan, differences) => this.confirm(context, flags, {plan, differences}),
        },
        context.ports,
      )
      if (flags.output === 'json' && result.result !== 'planned')
        context.ports.ui.print(JSON.stringify(changeDocument(result)))
      if (flags.output === 'text') context.ports.ui.say(changeText(result))
      this.leave(changeExit(result))
    } finally {
      interrupt.over()
      await context.close()
    }
  }

  /** A dry run's plan is data and goes to stdout; before a question it is talk. */
  private async confirm(
    {ports}: Context,
    flags: ChangeFlags,
    shown: {plan: Parameters<typeof planText>[0]; differences: Parameters<typeof planText>[1]},
  ): Promise<boolean> {
    const {plan, differences} = shown
    if (flags['dry-run']) {
      ports.ui.print(
        flags.output === 'json'
          ? JSON.stringify(planDocument(plan, differences))
          : planText(plan, differences, {colour: this.colourOnStdout()}),
      )
      return false
    }
    ports.ui.say(planText(plan, differences, {colour: this.colourOnStderr()}))
    return flags.yes || ports.ui.confirm(`Go ahead with this ${plan.verb}?`)
  }
}
