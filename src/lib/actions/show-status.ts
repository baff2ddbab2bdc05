import type {Ports} from '../ports/ports.ts'
import {type ClusterStatus, clusterStatus} from '../report/status/cluster-status.ts'
import {type LookRequest, lookAt} from './look-at.ts'

/** One look at what a screen shows, without asking for settings or dialling peers. */
export async function showStatus(look: LookRequest, ports: Ports): Promise<ClusterStatus> {
  return clusterStatus(await lookAt({...look, probes: ['health', 'metrics', 'database']}, ports))
}

export interface Watch {
  readonly look: LookRequest
  readonly seconds: number
  readonly show: (status: ClusterStatus) => void
  readonly signal: AbortSignal
}

/** Looks again and again until the signal; a look that takes longer than the interval is not hurried. */
export async function watchStatus({look, seconds, show, signal}: Watch, ports: Ports): Promise<void> {
  while (!signal.aborted) {
    const began = ports.clock.now()
    show(await showStatus(look, ports))
    const rest = seconds * 1000 - (ports.clock.now() - began)
    await ports.clock.sleep(Math.max(0, rest), signal).catch(error => {
      if (!signal.aborted) throw error
    })
  }
}
