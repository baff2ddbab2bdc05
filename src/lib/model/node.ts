import type {Secret} from './secret.ts'
import type {Settings} from './settings.ts'

/** One Grafana server. Unique by name, and by address and port: several may share a host. */
export interface Node {
  readonly name: string
  /** Where the balancer, Grafana and the mesh go. */
  readonly address: string
  readonly httpPort: number
  /** Its name in the balancer. */
  readonly balancerName: string
  readonly zone?: string
  readonly ssh: SshTarget
  readonly service: Service
  readonly paths: Paths
  /** This node's own settings, on top of the cluster's. */
  readonly settings: Settings
}

/** Where SSH goes and as whom; also for balancer hosts. */
export interface SshTarget {
  readonly host: string
  readonly port?: number
  readonly user?: string
  readonly identityFile?: string
  /** Hosts to pass through, outermost first; each verified under its own name. */
  readonly jump: readonly JumpHost[]
  readonly become: Become
  readonly transport: 'auto' | 'ssh2' | 'openssh'
  readonly knownHostsFile?: string
}

export interface JumpHost {
  readonly host: string
  readonly port?: number
  readonly user?: string
}

/** How a script gets its rights on the host. */
export type Become = {readonly method: 'none'} | {readonly method: 'sudo'; readonly password?: Secret}

export type Service =
  | {readonly manager: 'systemd'; readonly unit: string}
  | {readonly manager: 'docker'; readonly container: string}
  | {
      readonly manager: 'command'
      readonly stop: Argv
      /** Starts a stopped Grafana too. */
      readonly restart: Argv
      readonly status: Argv
    }

export type Argv = readonly [string, ...string[]]

/** Absolute paths on the node. */
export interface Paths {
  readonly home: string
  /** The one configuration file the running process reads. */
  readonly config: string
  readonly data: string
  readonly logs: string
  readonly plugins: string
  readonly provisioning: string
  /** gha's own folder there: releases, lock, journal, dead man. */
  readonly state: string
}
