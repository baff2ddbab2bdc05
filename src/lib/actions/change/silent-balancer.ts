import {GhaError} from '../../errors/gha-error.ts'
import type {LoadBalancer} from '../../model/load-balancer.ts'
import type {Observation} from '../../model/observation.ts'

/** What could not be asked, in the words of whoever asked. */
export function silentBalancer(
  loadBalancer: LoadBalancer,
  {reason, code, hint}: Observation<unknown> & {readonly known: false},
): GhaError {
  return new GhaError(`the balancer cannot be asked: ${reason}`, {
    code: code?.startsWith('BALANCER_') ? code : 'BALANCER_UNKNOWN',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: [hint ?? 'Run `gha check --only balancer`.', ...wayAround(loadBalancer)].join(' '),
  })
}

/** The same error of one host of a balancer, asked before anything else, with the way around it where there is one. */
export function silentHost(loadBalancer: LoadBalancer, name: string, error: unknown): unknown {
  if (!(error instanceof GhaError)) return error
  const hint = [...(error.hint ? [error.hint] : []), ...wayAround(loadBalancer, name)]
  return new GhaError(error.message, {
    code: error.code,
    exit: error.exit,
    node: error.node ?? name,
    unchanged: error.unchanged ?? 'Nothing was changed.',
    ...(hint.length > 0 ? {hint: hint.join(' ')} : {}),
    cause: error,
  })
}

/** Where another host is left. */
function wayAround(loadBalancer: LoadBalancer, name = 'NAME'): readonly string[] {
  if (!('hosts' in loadBalancer) || loadBalancer.hosts.length < 2) return []
  return [`A host that is dead, and serves nobody, can be left out with \`--skip-balancer ${name}\`.`]
}
