import type {Install} from '../../model/cluster.ts'
import type {Secret} from '../../model/secret.ts'

/** What `gha init` knows before it asks or guesses. */
export type InitWish = Partial<InitAnswers> & {
  readonly ssh: SshAnswer
  readonly set: readonly SetArgument[]
}

/** Everything gha.yaml is written from, but the secrets. */
export interface InitAnswers {
  readonly name: string
  readonly nodes: readonly NodeAnswer[]
  readonly ssh: SshAnswer
  readonly version: string
  readonly rootUrl: string
  readonly method: Install['method']
  /** Folder with packages; a tarball needs one. */
  readonly packages?: string
  readonly database: DatabaseAnswer
  readonly balancer: BalancerAnswer
  readonly set: readonly SetArgument[]
}

export interface NodeAnswer {
  readonly name: string
  readonly host: string
}

export interface SshAnswer {
  readonly user?: string
  readonly port?: number
}

export interface DatabaseAnswer {
  readonly type: 'postgres' | 'mysql'
  /** As gha.yaml has it: `db.example.com:5432`. */
  readonly host: string
  readonly name: string
  readonly user: string
  readonly sslMode?: string
}

export type BalancerAnswer =
  | {readonly type: 'none'}
  | {readonly type: 'haproxy' | 'nginx'; readonly hosts: readonly string[]}

/** `--set grafana.install.method=tarball`. */
export interface SetArgument {
  readonly path: readonly string[]
  readonly value: unknown
}

/** Secrets by the name of their file in secrets/. */
export interface InitSecrets {
  readonly secret_key?: Secret
  readonly secrets_manager_key?: Secret
  readonly admin_password?: Secret
  readonly database_password?: Secret
}

export type SecretName = keyof InitSecrets
