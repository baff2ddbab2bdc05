import type {Check} from '../checks/check.ts'
import {type Finding, judgeAll} from '../checks/judge-all.ts'
import type {Ports} from '../ports/ports.ts'
import {type Look, lookAt} from './look-at.ts'

export interface CheckRequest extends Look {
  readonly checks: readonly Check[]
}

/** Looks once at everything, then judges. */
export async function checkCluster(request: CheckRequest, ports: Ports): Promise<readonly Finding[]> {
  return judgeAll(await lookAt(request, ports), request.checks)
}
