import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import {breakLock as breakOn} from '../../host/run-state.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Ports} from '../../ports/ports.ts'
import type {BrokenLock} from '../../report/runs/broken-lock.ts'
import type {RunsSeen} from '../../report/runs/runs-seen.ts'
import {unaskedWords} from '../../report/runs/silent-nodes.ts'
import {lookAtRuns} from './look-at-runs.ts'

export interface Breaking {
  readonly run: string
  readonly dryRun: boolean
  readonly confirm: (seen: RunsSeen) => Promise<boolean>
}

/** Takes the lock away from the run that is named, everywhere it holds it. @throws GhaError `LOCK_NOT_HELD` */
export async function breakLock(cluster: Cluster, ports: Ports, {run, dryRun, confirm}: Breaking): Promise<BrokenLock> {
  const seen = await lookAtRuns(cluster, ports, 1)
  const held = seen.locks.filter(({holder}) => holder.run === run).map(({node}) => node)
  if (held.length === 0) throw notHeld(run, seen)
  const nothing = {run, nodes: [], failed: []}
  const agreed = await confirm(seen)
  if (dryRun) return {...nothing, result: 'planned'}
  if (!agreed) return {...nothing, result: 'declined'}
  const answers = await Promise.all(
    cluster.nodes
      .filter(({name}) => held.includes(name))
      .map(async ({name, ssh, paths}) => {
        try {
          const broken = await (await ports.hosts.connect(name, ssh)).run(breakOn(paths.state, run))
          return {node: name, ...(broken ? {} : {reason: 'another run holds it by now'})}
        } catch (error) {
          return {node: name, reason: messageOf(error)}
        }
      }),
  )
  return {
    result: 'broken',
    run,
    nodes: answers.flatMap(({node, reason}) => (reason === undefined ? [node] : [])),
    failed: [...answers.flatMap(({node, reason}) => (reason === undefined ? [] : [{node, reason}])), ...seen.silent],
  }
}

function notHeld(run: string, seen: RunsSeen): GhaError {
  const others = [...new Set(seen.locks.map(({holder}) => holder.run))]
  return new GhaError(
    `run ${run} does not hold the lock; ${others.length > 0 ? others.join(', ') : 'nobody'} does${unaskedWords(seen)}`,
    {
      code: 'LOCK_NOT_HELD',
      exit: 'preflight',
      unchanged: 'Nothing was changed.',
      hint: 'Look at it with `gha lock status`, and name the run that it shows.',
    },
  )
}
