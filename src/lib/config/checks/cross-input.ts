import type {Files} from '../../ports/local.ts'
import type {Diagnostic} from '../problem.ts'
import type {Secrets} from '../resolve-secrets.ts'

export interface CrossInput {
  /** The file as it was written; nothing about it is certain. */
  readonly root: unknown
  readonly secrets: Secrets
  /** Absolute path of the file's folder. */
  readonly folder: string
  readonly files: Pick<Files, 'exists'>
}

export interface CrossChecked {
  readonly problems: readonly Diagnostic[]
  readonly warnings: readonly Diagnostic[]
}

export type CrossCheck = (input: CrossInput) => Partial<CrossChecked> | Promise<Partial<CrossChecked>>
