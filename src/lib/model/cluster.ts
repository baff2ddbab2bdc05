import type {Alerting, Cache, Database, Live} from './backing.ts'
import type {BackupPolicy} from './backup.ts'
import type {Hooks} from './hook.ts'
import type {LoadBalancer} from './load-balancer.ts'
import type {Node} from './node.ts'
import type {Secret} from './secret.ts'
import type {Settings} from './settings.ts'
import type {Version} from './version.ts'

/** The wish, validated: what gha.yaml says, with every default filled in and every secret resolved. */
export interface Cluster {
  readonly name: string
  /** Absolute path of gha.yaml. */
  readonly file: string
  readonly grafana: Grafana
  readonly nodes: readonly Node[]
  readonly database: Database
  readonly cache: Cache
  readonly live: Live
  readonly alerting: Alerting
  readonly loadBalancer: LoadBalancer
  readonly rollout: RolloutPolicy
  readonly backup: BackupPolicy
  readonly hooks: Hooks
}

export interface Grafana {
  readonly version: Version
  readonly edition: 'oss' | 'enterprise'
  /** Public URL with its trailing slash. */
  readonly rootUrl: string
  /** `[security] secret_key`: encrypts data source secrets and hashes session tokens. */
  readonly secretKey: Secret
  /** `[secrets_manager.encryption.secret_key.v1] secret_key`, read by Grafana 12 and newer. */
  readonly secretsManagerKey?: Secret
  /** A server admin, for effective settings and the login gate. */
  readonly admin?: Admin
  readonly install: Install
  readonly settings: Settings
  /** `id@version`, as Grafana's CLI takes them. */
  readonly plugins: readonly Plugin[]
  /** Where their archives come from; set where there are any. */
  readonly pluginSource?: {readonly type: 'push'; readonly directory: string}
  /** Absolute path of the folder whose tree becomes every node's provisioning folder. */
  readonly provisioning?: string
}

export interface Admin {
  readonly user: string
  readonly password: Secret
}

export interface Plugin {
  readonly id: string
  readonly version: string
}

/**
 * Where packages come from. `node-repo`: what the node's own package manager is set up with;
 * `push`: a folder beside gha.yaml, copied to the nodes.
 */
export type Install =
  | {readonly method: 'apt' | 'dnf'; readonly source: PackageSource}
  | {readonly method: 'tarball'; readonly source: {readonly type: 'push'; readonly directory: string}}
  | {readonly method: 'docker'; readonly image: string}
  | {readonly method: 'none'}

export type PackageSource =
  | {readonly type: 'node-repo'}
  | {
      readonly type: 'url'
      readonly url: string
      readonly suite: string
      /** None where the suite is a path. */
      readonly components: readonly string[]
      /** An https URL, or an absolute path of this machine. */
      readonly key: string
    }
  | {readonly type: 'push'; readonly directory: string}

/** Nomad's words for a rolling change. */
export interface RolloutPolicy {
  /** How many serving nodes may be away together, at most. */
  readonly maxParallel: Share
  /** How many nodes may fail and go back before a run begins no other. */
  readonly maxFailed: number
  /** How long a node must stay healthy before it serves again, in seconds. */
  readonly minHealthySeconds: number
  /** How long a node may take to become healthy, in seconds. */
  readonly healthyDeadlineSeconds: number
  readonly autoRevert: boolean
  /** Name of the node that goes first. */
  readonly canary?: string
  /** What watches users while nodes change; undefined where nothing shall. */
  readonly probe?: ProbePolicy
}

/** Asks through the balancer as users do. */
export interface ProbePolicy {
  readonly url: string
  /** Absolute path on this machine of the authority that signed the URL's certificate. */
  readonly ca?: string
  readonly intervalMilliseconds: number
  /** The share of the requests that may be lost, from 0 to 1. */
  readonly errorBudget: number
  /** How long each node is watched after it serves again, in seconds. */
  readonly soakSeconds: number
}

/** A number of nodes, or a part of all of them. */
export type Share =
  | {readonly unit: 'nodes'; readonly amount: number}
  | {readonly unit: 'percent'; readonly amount: number}
