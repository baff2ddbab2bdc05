import type {Ports} from '../../ports/ports.ts'
import type {InitAnswers, InitSecrets, InitWish} from './wish.ts'

export type InitPorts = Pick<Ports, 'hosts' | 'databases' | 'files' | 'env' | 'programs' | 'identity' | 'ui'>

export interface InitRequest {
  /** Absolute path of the folder that gets gha.yaml. */
  readonly directory: string
  readonly wish: InitWish
  /** Secrets that the operator brings. */
  readonly secrets: InitSecrets
  readonly mode: 'ask' | 'unattended'
  /** Reach nothing, only write. */
  readonly offline: boolean
  readonly dryRun: boolean
}

/** What the answers are, what the operator brought, and whether a Grafana lives in the database already. */
export interface Settled {
  readonly answers: InitAnswers
  readonly secrets: InitSecrets
  readonly existing: boolean
}
