import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {type Base, ensureBase, makeLists} from './base/base.ts'
import {dockerLayers} from './docker/docker-layers.ts'
import {bringDown} from './down.ts'
import {startHost} from './hosts/host.ts'
import {hostKeyOf, prepareHost} from './hosts/prepare.ts'
import {dataFolder, fixedAddresses, type Host, nextNode, runFolder} from './layout.ts'
import {makeHub, plugIn} from './network.ts'
import {doubleRepository, packagesIn, repositoryOf, SOURCE_LINE} from './packages/repository.ts'
import {rpmMaterial} from './packages/rpm-repository.ts'
import {type ProcessId, thisProcess} from './processes.ts'
import {must, type RunOptions} from './run.ts'
import {prepareServers, SERVERS, startServer} from './servers/servers.ts'
import {type LabState, reserve, writeState} from './state.ts'

export interface UpRequest {
  readonly name: string
  readonly nodes: number
  /** A folder with grafana_*.deb, in place of the double's packages. */
  readonly grafanaDebs?: string | undefined
  /** What the nodes live by; deb where nothing is said. */
  readonly packages?: 'deb' | 'rpm' | undefined
  readonly owner?: ProcessId | undefined
  /** Nodes with docker and a registry that has the double's images. */
  readonly docker?: true | undefined
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

interface Material {
  readonly request: UpRequest
  readonly base: Base
  /** The double's packages, where no others are given. */
  readonly repository: string | undefined
}

/** Makes a whole lab, or leaves nothing of it. */
export async function bringUp(request: UpRequest): Promise<LabState> {
  const options = {signal: request.signal}
  const base = await ensureBase(request.say, options)
  const repository = request.grafanaDebs ? undefined : await doubleRepository(options)
  const index = reserve(request.name)
  try {
    return await fill(describe(request, index, base), {request, base, repository})
  } catch (error) {
    await bringDown(request.name)
    throw error
  }
}

async function fill(draft: LabState, material: Material): Promise<LabState> {
  const {signal} = material.request
  writeState(draft)
  mkdirSync(dataFolder(draft.name), {recursive: true, mode: 0o755})
  const state = writeState(await withPackages(draft, material))
  await makeOperatorKey(state)
  await makeHub(state.name)
  signal?.throwIfAborted()
  const hosts = hostsOf(state)
  const others = [
    {name: 'operator', address: state.operator.address},
    {name: 'servers', address: state.postgres.host},
  ]
  await plugIn(state.name, [...hosts, ...others])
  await Promise.all(hosts.map(host => prepareHost(state, host)))
  writeKnownHosts(state)
  signal?.throwIfAborted()
  await allOf([startServers(state, signal), ...hosts.map(host => startHost(state, host.name, signal))])
  return writeState({...state, phase: 'up'})
}

/** Unlike Promise.all, nothing is still under way when it fails. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(outcome => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

/** The hosts with a file system of their own. */
export function hostsOf(state: LabState): readonly Host[] {
  return [...state.nodes, state.balancers.haproxy, state.balancers.nginx]
}

/** What ssh needs to know every host and to find it by name. */
export function writeKnownHosts(state: LabState): void {
  const {operator} = state
  const lines = hostsOf(state).map(
    ({name, address}) =>
      `${name},${address} ${readFileSync(hostKeyOf(state.name, name), 'utf8').split(' ').slice(0, 2).join(' ')}`,
  )
  writeFileSync(operator.knownHostsFile, `${lines.join('\n')}\n`)
  const common = [
    'Host *',
    `  User ${operator.user}`,
    `  IdentityFile ${operator.identityFile}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${operator.knownHostsFile}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  BatchMode yes',
  ]
  const names = hostsOf(state).flatMap(({name, address}) => [
    `Host ${name}`,
    `  HostName ${address}`,
    `  HostKeyAlias ${address}`,
  ])
  writeFileSync(operator.sshConfig, `${[...names, ...common].join('\n')}\n`)
}

function describe(request: UpRequest, index: number, {base, balancer}: Base): LabState {
  const {name} = request
  const addresses = fixedAddresses(index)
  const operator = path.join(runFolder(name), 'operator')
  const nodes: Host[] = []
  while (nodes.length < request.nodes) nodes.push(nextNode(index, nodes))
  const database = {host: addresses.servers, database: 'grafana', user: 'grafana'}
  return {
    schemaVersion: 1,
    ...{name, index, phase: 'starting', maker: thisProcess(), ...(request.owner && {owner: request.owner})},
    operator: {
      address: addresses.operator,
      user: 'ops',
      sudoUser: {user: 'carol', password: 'carol-sudo-secret'},
      identityFile: path.join(operator, 'id_ed25519'),
      knownHostsFile: path.join(operator, 'known_hosts'),
      sshConfig: path.join(operator, 'ssh_config'),
    },
    nodes,
    balancers: {
      haproxy: {
        ...{name: 'haproxy', address: addresses.haproxy, config: '/etc/haproxy/haproxy.cfg'},
        socket: '/run/haproxy/admin.sock',
      },
      nginx: {name: 'nginx', address: addresses.nginx, config: '/etc/nginx/conf.d'},
    },
    postgres: {...database, port: 5432, password: 'lab-postgres-secret', superuser: superuser('postgres')},
    mariadb: {...database, port: 3306, password: 'lab-mariadb-secret', superuser: superuser('root')},
    redis: {host: addresses.servers, port: 6379, password: 'lab-redis-secret'},
    memcached: {host: addresses.servers, port: 11211},
    apt: {folder: path.join(dataFolder(name), 'apt'), source: SOURCE_LINE, packages: []},
    layers: {node: [base], balancer: [balancer, base]},
  }
}

async function withPackages(state: LabState, {request, base, repository}: Material): Promise<LabState> {
  const options = {signal: request.signal}
  const {folder} = state.apt
  if (repository) await must(['cp', '--archive', repository, folder], options)
  else await repositoryOf(path.resolve(request.grafanaDebs ?? ''), folder, options)
  chmodSync(folder, 0o755)
  const lists = repository ? `${repository}-lists-${base.key}` : path.join(dataFolder(state.name), 'lists')
  await makeLists({base, apt: folder, out: lists}, options)
  const {docker, say} = request
  const containers = docker && repository ? await dockerLayers({base, double: repository, say}, options) : []
  return {
    ...state,
    ...(docker && {docker}),
    layers: {
      node: [
        ...(request.packages === 'rpm' ? [await withRpms(folder, base, options)] : [lists]),
        ...containers,
        base.base,
      ],
      balancer: [lists, base.balancer, base.base],
    },
    apt: {...state.apt, packages: packagesIn(folder)},
  }
}

/** Puts the rpms beside the debs; the layer of nodes that can read them. */
async function withRpms(folder: string, base: Base, options: RunOptions): Promise<string> {
  const {layer, repository} = await rpmMaterial(base, options)
  await must(['cp', '--archive', repository, path.join(folder, 'rpm')], options)
  return layer
}

async function makeOperatorKey({name, operator}: LabState): Promise<void> {
  mkdirSync(path.dirname(operator.identityFile), {mode: 0o700})
  if (existsSync(operator.identityFile)) return
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `operator@${name}`, '-f', operator.identityFile])
}

async function startServers(state: LabState, signal: AbortSignal | undefined): Promise<void> {
  await prepareServers(state, {signal})
  await allOf(SERVERS.map(server => startServer(state, server, {signal})))
}

function superuser(user: string) {
  return {user, password: 'lab-superuser-secret'}
}
