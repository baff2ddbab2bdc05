import type {Cluster} from '../model/cluster.ts'
import type {CacheReport, Caches} from '../ports/cache.ts'
import type {Host} from '../ports/host.ts'

/** A Redis or memcached that gha.yaml names, as one node sees it. */
export interface CacheView {
  readonly use: 'cache' | 'alerting' | 'live'
  readonly report: CacheReport
}

/** Every use is asked with its own credentials: they may differ on one server. */
export function probeCaches(cluster: Cluster, host: Host, caches: Caches): Promise<readonly CacheView[]> {
  const {cache, alerting, live} = cluster
  const views: Promise<CacheView>[] = []
  if (cache.type === 'redis') views.push(view('cache', caches.probeRedis(cache, host)))
  if (cache.type === 'memcached') views.push(view('cache', caches.probeMemcached(cache, host)))
  if (alerting.mode === 'redis') views.push(view('alerting', caches.probeRedis(alerting, host)))
  if (live.mode === 'redis') views.push(view('live', caches.probeRedis({...live, database: 0, tls: 'off'}, host)))
  return Promise.all(views)
}

async function view(use: CacheView['use'], report: Promise<CacheReport>): Promise<CacheView> {
  return {use, report: await report}
}
