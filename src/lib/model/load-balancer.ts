import type {Argv, SshTarget} from './node.ts'

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
  | {
      /** Anything else, through the operator's commands. */
      readonly type: 'hook'
      /** Its name in messages and views. */
      readonly name: string
      /** Where the commands run; undefined: on the machine that gha runs on. */
      readonly host?: BalancerHost
      /** Absolute path: where the commands of this machine start. */
      readonly folder: string
      readonly commands: {
        readonly list: HookCommand
        readonly status: HookCommand
        readonly drain: HookCommand
        /** For balancers that keep a drained server until they are told more. */
        readonly out?: HookCommand
        readonly undrain: HookCommand
      }
      readonly drainTimeoutSeconds: number
      /** In and out are believed when the status says so as many times in a row. */
      readonly confirm: {readonly times: number; readonly everySeconds: number}
    }
  | {readonly type: 'none'}

/** `{node}`, `{address}`, `{port}`, `{server}` in a word stand for the node's. */
export interface HookCommand {
  readonly argv: Argv
  readonly deadlineSeconds: number
}

export interface OwnedFile {
  readonly path: string
  /** What the frontend listens on, as the balancer spells it: `*:80`, `127.0.0.1:8080`. */
  readonly bind: string
  /** Command that judges the file in its place. */
  readonly validate: readonly [string, ...string[]]
  /** Command that makes the balancer load the file after it was validated. */
  readonly reload: readonly [string, ...string[]]
}

/** The hosts of a balancer that gha reaches over SSH. */
export function balancerHosts(loadBalancer: LoadBalancer): readonly BalancerHost[] {
  switch (loadBalancer.type) {
    case 'none':
      return []
    case 'hook':
      return loadBalancer.host ? [loadBalancer.host] : []
    case 'haproxy':
    case 'nginx':
      return loadBalancer.hosts
  }
}

/** Who must say that a node is in or out, by the names of their views. */
export function balancerNames(loadBalancer: LoadBalancer): readonly string[] {
  return loadBalancer.type === 'hook' ? [loadBalancer.name] : balancerHosts(loadBalancer).map(({name}) => name)
}

/** How long it waits for what is under way. */
export function drainSeconds(loadBalancer: LoadBalancer): number {
  return loadBalancer.type === 'none' ? 0 : loadBalancer.drainTimeoutSeconds
}

/** The file that gha writes on every balancer host; undefined where the configuration is somebody else's. */
export function ownedFile(loadBalancer: LoadBalancer): OwnedFile | undefined {
  return 'file' in loadBalancer ? loadBalancer.file : undefined
}

export function skippedBalancers(loadBalancer: LoadBalancer): readonly string[] {
  return 'skipped' in loadBalancer ? (loadBalancer.skipped ?? []).map(({name}) => name) : []
}
