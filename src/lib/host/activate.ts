import {type Release, sumsOf} from '../model/release.ts'
import {quote, type Script} from '../model/script.ts'
import {type Activation, activationFunctions, unchangedSincePlan} from './activation.ts'
import {extendDeadline, stillArmed, stoodDown} from './dead-man.ts'
import {DEAD_MAN_WAITS} from './dead-man-time.ts'
import {fenced} from './fence.ts'

export interface Swap {
  readonly release: Release
  /** Path → sum of the file or plugin that the plan saw on the node; undefined where there was none. */
  readonly seen: ReadonlyMap<string, string | undefined>
  /** How long the new release may take until it is confirmed. */
  readonly seconds: number
  /** True where this run has armed the dead man: nothing is swapped once he has acted. */
  readonly guarded: boolean
  /** True where the new version may migrate: its start may take hours, and from then on the dead man waits. */
  readonly migrates: boolean
}

/** Swaps package and files, and starts Grafana on them: one script, so that no cut connection leaves it half way. */
export function activateRelease({state, lease, install, service}: Activation, swap: Swap): Script<void> {
  const {release, seen, seconds, guarded, migrates} = swap
  const wished = new Map(sumsOf(release))
  return fenced({
    name: 'activate',
    state,
    lease,
    body: [
      activationFunctions(install, service),
      ...(guarded ? [stillArmed(lease)] : []),
      unchangedSincePlan(seen, wished),
      ...(migrates ? ['service_patient || exit 1', `before_start() { ${DEAD_MAN_WAITS}; }`] : []),
      `activate ${quote(release.id)} ${migrates ? '--no-block' : ''} || exit 1`,
      extendDeadline({service}, seconds),
    ].join('\n'),
    deadlineSeconds: 900,
    parse: () => undefined,
  })
}

/** Goes back to a release that is on the node already. The dead man leaves that to this run, whatever comes of it; what he has put back is this run's now. */
export function revertRelease({state, lease, install, service}: Activation, release: string): Script<void> {
  return fenced({
    name: 'revert',
    state,
    lease,
    body: [
      activationFunctions(install, service),
      stoodDown(service),
      `activate ${quote(release)} || exit 1`,
      'rm -f "$state/begun" "$state/reverted"',
    ].join('\n'),
    deadlineSeconds: 900,
    parse: () => undefined,
  })
}
