import type {SshTarget} from './node.ts'

export interface BalancerHost {
  readonly name: string
  readonly ssh: SshTarget
}

/** `file` is set where gha owns the balancer's configuration, and names the file it writes whole. */
export type LoadBalancer =
  | {
      readonly type: 'haproxy'
      readonly hosts: readonly BalancerHost[]
      /** Hosts that this run leaves out because they are dead, in the operator's word. */
      readonly skipped?: readonly BalancerHost[]
      /** Backends with a server for every node, the main one first: a node is taken out of all of them together. */
      readonly backends: readonly [string, ...string[]]
      /** HAProxy's runtime socket on the balancer host. */
      readonly socket: string
      readonly drainTimeoutSeconds: number
      readonly file?: OwnedFile
    }
  | {
      readonly type: 'nginx'
      readonly hosts: readonly BalancerHost[]
      /** Hosts that this run leaves out because they are dead, in the operator's word. */
      readonly skipped?: readonly BalancerHost[]
      /** Name of the upstream. */
      readonly upstream: string
      readonly drainTimeoutSeconds: number
      /** nginx has no runtime state for servers: gha owns the file with the upstream, always. */
      readonly file: OwnedFile
    }
  | {readonly type: 'none'}

export interface OwnedFile {
  readonly path: string
  /** What the frontend listens on, as the balancer spells it: `*:80`, `127.0.0.1:8080`. */
  readonly bind: string
  /** Command that judges the file in its place. */
  readonly validate: readonly [string, ...string[]]
  /** Command that makes the balancer load the file after it was validated. */
  readonly reload: readonly [string, ...string[]]
}

/** The hosts of a balancer that gha reaches over SSH and may write files to. */
export function balancerHosts(loadBalancer: LoadBalancer): readonly BalancerHost[] {
  return loadBalancer.type === 'none' ? [] : loadBalancer.hosts
}

export function skippedBalancers(loadBalancer: LoadBalancer): readonly string[] {
  return loadBalancer.type === 'none' ? [] : (loadBalancer.skipped ?? []).map(({name}) => name)
}
