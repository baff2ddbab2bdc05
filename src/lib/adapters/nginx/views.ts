import {isIpAddress} from '../../model/address.ts'
import type {BalancerView, ServerState} from '../../ports/balancer.ts'
import type {NginxHost, Worker} from './host-script.ts'
import {kernelSpelling} from './sockets.ts'
import {addressOf, type Mark, type UpstreamServer} from './upstream-file.ts'

/** What one nginx host says: what its file says, as far as its workers have loaded it, and who is still connected. */
export function viewsOf(
  balancer: string,
  host: NginxHost,
  servers: readonly UpstreamServer[],
): readonly BalancerView[] {
  return servers.map(server => {
    const current = connectionsOf(host, server)
    const loaded = host.workers.some(({age}) => age === 'current') && !host.workers.some(({age}) => age === 'stale')
    return {
      balancer,
      server: server.name,
      state: loaded ? server.mark : NOT_LOADED[server.mark],
      current,
      address: addressOf(server),
      words: wordsFor({server, host, loaded, current}),
    }
  })
}

/** What a mark is worth that no worker has read: the cautious reading of either. */
const NOT_LOADED: Readonly<Record<Mark, ServerState>> = {in: 'down', drain: 'in', out: 'in'}

interface Spoken {
  readonly server: UpstreamServer
  readonly host: NginxHost
  readonly loaded: boolean
  readonly current: number
}

function wordsFor({server, host, loaded, current}: Spoken): string {
  if (host.workers.length === 0) return 'nginx does not run'
  const mark = server.mark === 'in' ? 'in the file' : 'down in the file'
  if (!loaded) return `${mark}, which nginx has not loaded`
  const old = host.workers.filter(({age}) => age === 'old').length
  return server.mark !== 'in' && current > 0 ? `${mark}, ${current} connections left, ${old} old workers` : mark
}

/**
 * Connections that nginx itself holds to the server, as far as the host shows whose they are. To a drained server new
 * workers only send for assets, so only what old workers hold is still under way.
 */
function connectionsOf({workers, sockets, addresses}: NginxHost, {endpoint, mark}: UpstreamServer): number {
  const hosts = isIpAddress(endpoint.host) ? [endpoint.host] : (addresses.get(endpoint.host) ?? [])
  const remotes = new Set(hosts.map(host => kernelSpelling(host, endpoint.port)))
  const theirs = sockets.filter(({remote}) => remotes.has(remote))
  const counted = mark === 'drain' ? workers.filter(({age}) => age !== 'current') : workers
  return knowsOwners(workers)
    ? theirs.filter(({inode}) => counted.some(({inodes}) => inodes.has(inode))).length
    : theirs.length
}

function knowsOwners(workers: readonly Worker[]): boolean {
  return workers.some(({inodes}) => inodes.size > 0)
}
