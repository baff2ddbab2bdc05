import {didYouMean} from '../../config/nearest.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import {given} from '../../model/given.ts'

export interface Pace {
  readonly canary?: string | undefined
  readonly maxFailed?: number | undefined
}

/** The cluster with another pace, from the command line. @throws GhaError `USAGE` when no node is named as the canary */
export function wishPace(cluster: Cluster, {canary, maxFailed}: Pace): Cluster {
  const names = cluster.nodes.map(({name}) => name)
  if (canary !== undefined && !names.includes(canary)) {
    throw new GhaError(`no node is named ${canary}${didYouMean(canary, names)}`, {
      code: 'USAGE',
      exit: 'usage',
      unchanged: 'Nothing was changed.',
      hint: `Name one of ${names.join(', ')} with \`--canary\`.`,
    })
  }
  return {...cluster, rollout: {...cluster.rollout, ...given({canary, maxFailed})}}
}
