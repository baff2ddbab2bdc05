import {NO_ADMIN} from '../facts/as-admin.ts'
import {whyNoLogin} from '../facts/run-login.ts'
import type {Cluster} from '../model/cluster.ts'

/** What no gate of this cluster can look at, and why, in words. */
export function uncheckedIn(cluster: Cluster): readonly string[] {
  const reason = whyNoLogin(cluster)
  if (reason === undefined) return []
  const without = reason === NO_ADMIN ? ['a login', 'the effective settings', 'data sources', 'plugins'] : ['a login']
  return [`${without.join(', ')}: ${reason}`]
}
