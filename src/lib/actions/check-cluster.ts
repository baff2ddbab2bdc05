import {checksNamed} from '../checks/checks-named.ts'
import {type Finding, judgeAll} from '../checks/judge-all.ts'
import type {Ports} from '../ports/ports.ts'
import {type LookRequest, lookAt} from './look-at.ts'

export interface CheckRequest extends LookRequest {
  /** What the ids of the wanted checks begin with; all checks without any. */
  readonly only: readonly string[]
}

/** Looks once at everything, then judges. @throws GhaError `CHECK_UNKNOWN` before anybody is asked */
export async function checkCluster({only, ...look}: CheckRequest, ports: Ports): Promise<readonly Finding[]> {
  const checks = checksNamed(only)
  const plugins = look.cluster.grafana.plugins.map(({id}) => id)
  return judgeAll(await lookAt({...look, plugins}, ports), checks)
}
