import {didYouMean} from '../../config/nearest.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import {balancerHosts} from '../../model/load-balancer.ts'

/** The cluster without the balancer hosts that the operator calls dead. @throws GhaError `BALANCER_SKIP` (exit 2) */
export function skipBalancers(cluster: Cluster, names: readonly string[]): Cluster {
  const {loadBalancer} = cluster
  if (names.length === 0) return cluster
  const known = balancerHosts(loadBalancer).map(({name}) => name)
  const stranger = names.find(name => !known.includes(name))
  if (stranger !== undefined || !('hosts' in loadBalancer)) throw noSuchHost(stranger ?? names.join(', '), known)
  const hosts = loadBalancer.hosts.filter(({name}) => !names.includes(name))
  if (hosts.length === 0) throw noneLeft()
  const skipped = loadBalancer.hosts.filter(({name}) => names.includes(name))
  return {...cluster, loadBalancer: {...loadBalancer, hosts, skipped}}
}

function noSuchHost(name: string, known: readonly string[]): GhaError {
  const hosts = known.length > 0 ? `; there are ${known.join(', ')}` : ''
  return new GhaError(`no balancer host is named ${name}${didYouMean(name, known) || hosts}`, {
    code: 'BALANCER_SKIP',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Name a host of `loadBalancer.hosts` in gha.yaml with `--skip-balancer`.',
  })
}

function noneLeft(): GhaError {
  return new GhaError('no balancer would be left to ask', {
    code: 'BALANCER_SKIP',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Leave out only the hosts that are dead.',
  })
}
