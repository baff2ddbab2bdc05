import type {CacheView} from '../facts/caches.ts'
import {failed, passed, skipped} from './check.ts'
import {perNode} from './per-node.ts'

export const cacheLogin = perNode({
  id: 'cache/login',
  title: 'the node logs in to Redis or memcached',
  severity: 'error',
  hint: 'Correct `cache`, `alerting` or `live` in gha.yaml, or the firewall of the server for this node, then run `gha check --only cache` again.',
  fact: ({seen}) => seen.caches,
  judge(views) {
    if (views.length === 0) return skipped('gha.yaml names none')
    const bad = views.filter(({report}) => report.outcome !== 'answered' || report.readOnly)
    if (bad.length === 0) return passed(views.map(describe).join(', '))
    const onlyLogin = bad.every(({report}) => report.outcome === 'authentication')
    return failed(bad.map(describe).join(', '), onlyLogin ? {cause: 'authentication'} : {})
  },
})

function describe({use, report}: CacheView): string {
  if (report.outcome !== 'answered') return `${use}: ${report.outcome}: ${report.message}`
  if (report.readOnly) return `${use}: it is a replica or read-only`
  return `${use}: version ${report.serverVersion}, ${report.latencyMilliseconds.toFixed(1)} ms`
}
