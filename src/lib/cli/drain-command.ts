import {Args} from '@oclif/core'
import {skipBalancers} from '../actions/change/skip-balancers.ts'
import type {DrainRequest, DrainResult} from '../actions/drain/drain-request.ts'
import type {Ports} from '../ports/ports.ts'
import {drainDocument, drainExit, drainText} from '../report/drain.ts'
import {BaseCommand, configFlag, mutationFlags, outputFlag} from './base-command.ts'
import {lockWaitFlag, skipBalancerFlag} from './change-flags.ts'
import {openContext} from './context.ts'
import {onInterrupt} from './interrupt.ts'

export const drainArgs = {node: Args.string({description: 'Name of the node in gha.yaml.', required: true})}

export const drainFlags = {
  config: configFlag,
  output: outputFlag,
  ...mutationFlags,
  'skip-balancer': skipBalancerFlag,
  'lock-wait': lockWaitFlag,
}

export interface DrainFlags {
  readonly config?: string | undefined
  readonly output: 'text' | 'json'
  readonly 'dry-run': boolean
  readonly yes: boolean
  readonly 'skip-balancer'?: readonly string[] | undefined
  readonly 'lock-wait': number
}

interface Wanted {
  readonly node: string
  readonly verb: 'drain' | 'undrain'
  readonly flags: DrainFlags
  readonly act: (request: DrainRequest, ports: Ports) => Promise<DrainResult>
}

/** What `drain` and `undrain` have in common: look, ask, act, report. */
export abstract class DrainCommand extends BaseCommand {
  protected async move({node, verb, flags, act}: Wanted): Promise<void> {
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: flags['dry-run']})
    const say = (text: string) => ports.ui.say(text)
    let begun = false
    const stopping = () => (begun ? `Finishing ${node}, then stopping` : 'Stopping before anything is changed')
    const left = () =>
      !begun
        ? 'Stopped at once. Nothing was changed.'
        : `Stopped at once: ${node} may be out of the balancer or in. \`gha status\` shows it.`
    const interrupt = onInterrupt({say, stopping, left, argv: this.argv})
    try {
      const result = await act(
        {
          cluster: skipBalancers(cluster, flags['skip-balancer'] ?? []),
          name: node,
          dryRun: flags['dry-run'],
          lockWaitSeconds: flags['lock-wait'],
          reason: ['gha', verb, ...this.argv].join(' '),
          confirm: async what => {
            if (flags['dry-run']) say(what)
            return flags['dry-run'] || flags.yes || ports.ui.confirm(what)
          },
          stopRequested: interrupt.requested,
          say,
          begins: () => {
            begun = true
          },
        },
        ports,
      )
      if (flags.output === 'json') ports.ui.print(JSON.stringify(drainDocument(result)))
      else say(drainText(result))
      this.leave(drainExit(result))
    } finally {
      interrupt.over()
      await close()
    }
  }
}
