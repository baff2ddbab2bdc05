import {GhaError} from '../../errors/gha-error.ts'
import {onlyCertificate} from '../../host/known-hosts.ts'
import type {JumpHost, SshTarget} from '../../model/node.ts'
import type {Connection} from './connection.ts'
import {dial} from './dial.ts'
import {revocationsUnread} from './host-key-error.ts'
import {readKnownHosts} from './read-known-hosts.ts'
import {type Hop, resolveTarget} from './resolve-target.ts'
import {hopName, type ResolvedTarget} from './resolved-target.ts'
import {Sessions} from './sessions.ts'
import type {SshConfigs} from './ssh-config.ts'

const MOST_HOPS = 8

/** What connections of one run share. */
export interface Routes {
  readonly say: (text: string) => void
  readonly sshConfigFile?: string
  readonly sshConfigs: SshConfigs
  /** Connections to jump hosts by the way that leads there and the keys it trusts: nodes behind one bastion share one. */
  readonly jumps: Map<string, Promise<Connection>>
  readonly resolved: Map<string, Promise<ResolvedTarget>>
}

/** Reaches a target by the transport that suits it. @throws GhaError */
export async function connectTarget(name: string, target: SshTarget, routes: Routes): Promise<Connection> {
  const hops = await resolveHops(target, routes)
  const beyond = target.transport === 'auto' ? await beyondSsh2(hops) : undefined
  if (target.transport === 'openssh' || beyond !== undefined) return connectByOpenssh(name, hops, routes)
  refuseUnreadRevocations(name, hops)
  try {
    return await connectBySsh2(name, hops, routes)
  } catch (error) {
    if (target.transport !== 'auto' || !(error instanceof GhaError) || error.code !== 'SSH_AUTH_FAILED') throw error
    routes.say(`${name}: ${error.message}; trying the system's ssh once`)
    return connectByOpenssh(name, hops, routes).catch(() => {
      throw error
    })
  }
}

/** Jump hosts first, the target last. The jump hosts of gha.yaml stand over those of the ssh configuration. */
async function resolveHops(target: SshTarget, routes: Routes): Promise<readonly ResolvedTarget[]> {
  const own = await resolvedOnce(target, routes)
  const shared = {
    ...(target.identityFile === undefined ? {} : {identityFile: target.identityFile}),
    ...(target.knownHostsFile === undefined ? {} : {knownHostsFile: target.knownHostsFile}),
  }
  const named = target.jump.length > 0 ? target.jump : jumpsOf(own.proxyJump)
  const hops = await Promise.all(named.map(jump => resolvedOnce({...jump, ...shared}, routes)))
  return withOuterJumps([...hops, own], routes)
}

function resolvedOnce({host, port, user, identityFile, knownHostsFile}: Hop, routes: Routes): Promise<ResolvedTarget> {
  const key = JSON.stringify([host, port, user, identityFile, knownHostsFile])
  const there =
    routes.resolved.get(key) ?? resolveTarget({host, port, user, identityFile, knownHostsFile}, routes.sshConfigs)
  routes.resolved.set(key, there)
  return there
}

/** The outermost jump host may itself stand behind another. */
async function withOuterJumps(hops: readonly ResolvedTarget[], routes: Routes): Promise<readonly ResolvedTarget[]> {
  const outer = hops.length > 1 ? jumpsOf(hops[0]?.proxyJump) : []
  if (outer.length === 0 || hops.length >= MOST_HOPS) return hops
  const before = await Promise.all(outer.map(jump => resolvedOnce(jump, routes)))
  return withOuterJumps([...before, ...hops], routes)
}

/** `ProxyJump`: `[user@]host[:port]` or `ssh://…`, separated by commas. */
function jumpsOf(proxyJump: string | undefined): readonly JumpHost[] {
  return (proxyJump ?? '').split(',').flatMap(word => {
    const parts = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(word.trim())
    const host = parts?.[2] ?? parts?.[3]
    if (!parts || host === undefined) return []
    return {host, ...(parts[1] ? {user: parts[1]} : {}), ...(parts[4] ? {port: Number(parts[4])} : {})}
  })
}

/** A key that nobody may trust any more would be taken. */
function refuseUnreadRevocations(node: string, hops: readonly ResolvedTarget[]): void {
  const hop = hops.find(({revocations}) => revocations)
  if (hop) throw revocationsUnread(node, hopName(hop))
}

async function beyondSsh2(hops: readonly ResolvedTarget[]): Promise<string | undefined> {
  for (const hop of hops) {
    if (hop.beyondSsh2 !== undefined) return hop.beyondSsh2
    const known = await readKnownHosts(hop.knownHostsFiles)
    const alias = hop.hostKeyAlias === undefined ? {} : {alias: hop.hostKeyAlias}
    if (onlyCertificate(known, {host: hop.host, port: hop.port, ...alias})) return 'a host certificate'
  }
  return undefined
}

async function connectBySsh2(node: string, hops: readonly ResolvedTarget[], routes: Routes): Promise<Connection> {
  const {connectSsh2} = await import('../ssh2/connect.ts')
  const last = hops.length - 1
  let via: Connection | undefined
  for (const [index, target] of hops.entries()) {
    const before = via
    const connect = () => connectSsh2({node, target, ...(before ? {dial: to => dialFrom(before, to)} : {})})
    via = index === last ? await connect() : await shared(routes, hops.slice(0, index + 1), connect)
  }
  if (!via) throw new TypeError('a target has at least one hop')
  return via
}

function dialFrom(connection: Connection, destination: {host: string; port: number}) {
  return dial(destination, {connection, sessions: new Sessions(connection), become: {method: 'none'}})
}

async function shared(
  {jumps}: Routes,
  hops: readonly ResolvedTarget[],
  connect: () => Promise<Connection>,
): Promise<Connection> {
  const key = JSON.stringify(hops)
  // Nodes that lost it together find the first of them connecting anew, and wait for that one.
  for (let there = jumps.get(key); there; there = jumps.get(key)) {
    if ((await there).alive) return there
    if (jumps.get(key) === there) jumps.delete(key)
  }
  const fresh = connect()
  jumps.set(key, fresh)
  fresh.catch(() => jumps.delete(key))
  return fresh
}

async function connectByOpenssh(node: string, hops: readonly ResolvedTarget[], routes: Routes): Promise<Connection> {
  const {connectOpenssh} = await import('../openssh/connect.ts')
  return connectOpenssh({node, hops, ...(routes.sshConfigFile === undefined ? {} : {configFile: routes.sshConfigFile})})
}
