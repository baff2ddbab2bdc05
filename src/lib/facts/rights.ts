import {known, type Observation, unknown} from '../model/observation.ts'
import {type NodeFact, numberOf, type Records} from './node-fact.ts'

/** As whom gha's scripts run on the node. */
export interface Rights {
  readonly uid: number
}

export const rights: NodeFact<Rights> = {
  ask: () => 'record rights.uid "$(id -u)"',
  read: readRights,
}

function readRights(records: Records): Observation<Rights> {
  const uid = numberOf(records, 'rights.uid')
  return uid === undefined ? unknown('the node did not tell who gha is there') : known({uid})
}
