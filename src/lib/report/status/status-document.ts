import type {ExitName} from '../../errors/exit-codes.ts'
import {iso} from '../moments.ts'
import type {ClusterStatus} from './cluster-status.ts'

/** The screen for machines. */
export function statusDocument({at, ...status}: ClusterStatus): Record<string, unknown> {
  return {schemaVersion: 1, type: 'status', at: iso(at), ...status}
}

/** Reading succeeds unless somebody could not be read. */
export function statusExit({nodes, balancerSilent}: ClusterStatus): ExitName {
  return nodes.every(({reached}) => reached) && balancerSilent === undefined ? 'ok' : 'partial'
}
