import type {Database} from '../../model/backing.ts'
import type {Host} from '../../ports/host.ts'

/** A database, and the host that it is reached through. */
export interface Place {
  readonly database: Database
  readonly from: Host
}
