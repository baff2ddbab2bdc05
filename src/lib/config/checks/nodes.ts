import {defaultPaths} from '../../grafana/paths.ts'
import {isMap, listAt, textAt, valueAt} from '../at.ts'
import {withoutBrackets} from '../build/endpoint.ts'
import {didYouMean} from '../nearest.ts'
import type {Diagnostic, Path} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

/** Nodes are told apart: by name, in the balancer, by address and port, and by what they keep on a host they share. */
export function checkNodes({root}: CrossInput) {
  const nodes = listAt(root, ['nodes']).map((_, index) => index)
  const sockets = twins(
    nodes,
    ({index}) => [addressPlace(root, index), listens(root, index)],
    at => `two nodes listen on ${at}`,
  )
  const told = sockets.map(({path}) => path[1])
  return {
    problems: [
      ...names(root, nodes),
      ...sockets,
      // Two entries for one instance share everything: said once.
      ...sharedHosts(root, nodes).filter(({path}) => !told.includes(path[1])),
      ...canary(root, nodes),
    ],
    warnings: alone(root, nodes),
  }
}

type Identify = (item: {readonly index: number}) => readonly [Path, string | undefined]

/** A diagnostic for each later one that is told by the same words as an earlier. */
function twins(
  indexes: readonly number[],
  identify: Identify,
  text: (identity: string) => string,
): readonly Diagnostic[] {
  const first = new Set<string>()
  return indexes.flatMap(index => {
    const [path, identity] = identify({index})
    if (identity === undefined) return []
    if (first.has(identity)) return [{path, text: text(identity)}]
    first.add(identity)
    return []
  })
}

function names(root: unknown, nodes: readonly number[]): readonly Diagnostic[] {
  const hosts = listAt(root, ['loadBalancer', 'hosts']).map((_, index) => index)
  return [
    ...twins(
      nodes,
      ({index}) => [['nodes', index, 'name'], nameOf(root, index)],
      name => `two nodes are named ${name}`,
    ),
    ...twins(
      nodes,
      ({index}) => [balancerPlace(root, index), balancerName(root, index)],
      name => `two nodes are ${name} in the balancer`,
    ),
    ...twins(
      hosts,
      ({index}) => [['loadBalancer', 'hosts', index], hostName(root, index)],
      name => `two balancer hosts are named ${name}`,
    ),
  ]
}

function nameOf(root: unknown, index: number): string | undefined {
  return textAt(root, ['nodes', index, 'name'])
}

/** Two plain names that are the same are told once, as that. */
function balancerName(root: unknown, index: number): string | undefined {
  const own = textAt(root, ['nodes', index, 'balancerName'])
  const names = listAt(root, ['nodes'])
    .slice(0, index)
    .map((_, earlier) => nameOf(root, earlier))
  return own ?? (names.includes(nameOf(root, index)) ? undefined : nameOf(root, index))
}

function balancerPlace(root: unknown, index: number): Path {
  return ['nodes', index, textAt(root, ['nodes', index, 'balancerName']) === undefined ? 'name' : 'balancerName']
}

function addressPlace(root: unknown, index: number): Path {
  return ['nodes', index, textAt(root, ['nodes', index, 'address']) === undefined ? 'host' : 'address']
}

function addressOf(root: unknown, index: number): string | undefined {
  const text = textAt(root, ['nodes', index, 'address']) ?? textAt(root, ['nodes', index, 'host'])
  return text === undefined ? undefined : withoutBrackets(text).toLowerCase()
}

function listens(root: unknown, index: number): string | undefined {
  const address = addressOf(root, index)
  return address === undefined
    ? undefined
    : `${address.includes(':') ? `[${address}]` : address}:${httpPort(root, index)}`
}

function httpPort(root: unknown, index: number): string {
  const place = ['settings', 'server', 'http_port']
  return String(valueAt(root, ['nodes', index, ...place]) ?? valueAt(root, ['grafana', ...place]) ?? 3000)
}

const SHARED = ['config', 'data', 'state', 'service'] as const

/** Instances on one host each need a configuration, data and a service of their own. */
function sharedHosts(root: unknown, nodes: readonly number[]): readonly Diagnostic[] {
  return nodes.flatMap(index => {
    const machine = machineOf(root, index)
    const earlier = nodes.slice(0, index).filter(other => machine !== undefined && machineOf(root, other) === machine)
    const shared = SHARED.flatMap(what => {
      const place = placeOf(root, index, what)
      return place && earlier.some(other => placeOf(root, other, what) === place) ? [`the ${what} ${place}`] : []
    })
    if (shared.length === 0) return []
    const text = `another node on ${machine} has ${shared.join(', ')} too: use {node}, which stands for the node's name`
    return [{path: ['nodes', index, 'host'], text}]
  })
}

function machineOf(root: unknown, index: number): string | undefined {
  const host = textAt(root, ['nodes', index, 'host'])
  const port = valueAt(root, ['nodes', index, 'ssh', 'port']) ?? valueAt(root, ['ssh', 'port']) ?? 22
  return host === undefined
    ? undefined
    : `${withoutBrackets(host).toLowerCase()}${port === 22 ? '' : ` (SSH port ${port})`}`
}

function placeOf(root: unknown, index: number, what: (typeof SHARED)[number]): string | undefined {
  const name = nameOf(root, index) ?? ''
  if (what === 'service') return serviceOf(root, index)?.replaceAll('{node}', name)
  const wished = {...pathsAt(root, ['grafana', 'paths']), ...pathsAt(root, ['nodes', index, 'paths'])}
  const method = textAt(root, ['grafana', 'install', 'method']) === 'tarball' ? 'tarball' : 'apt'
  const paths = {...defaultPaths(method, wished), state: `/${name}`, ...wished}
  return paths[what]?.replaceAll('{node}', name)
}

function pathsAt(root: unknown, path: Path): Partial<Record<string, string>> {
  const found = valueAt(root, path)
  if (!isMap(found)) return {}
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

/** Commands may tell instances apart in ways that only their author knows. */
function serviceOf(root: unknown, index: number): string | undefined {
  const service = valueAt(root, ['nodes', index, 'service']) ?? valueAt(root, ['grafana', 'service'])
  if (!isMap(service)) return 'grafana-server'
  if (service['manager'] === 'command') return
  return String(service['unit'] ?? service['container'] ?? 'grafana-server')
}

function hostName(root: unknown, index: number): string | undefined {
  const at = ['loadBalancer', 'hosts', index]
  return textAt(root, [...at, 'name']) ?? textAt(root, [...at, 'host'])
}

function canary(root: unknown, nodes: readonly number[]): readonly Diagnostic[] {
  const name = textAt(root, ['rollout', 'canary'])
  const names = nodes.flatMap(index => nameOf(root, index) ?? [])
  if (name === undefined || names.includes(name)) return []
  return [{path: ['rollout', 'canary'], text: `no node is named ${name}${didYouMean(name, names)}`}]
}

function alone(root: unknown, nodes: readonly number[]): readonly Diagnostic[] {
  if (nodes.length < 2 || valueAt(root, ['alerting', 'mode']) !== 'single') return []
  return [{path: ['alerting', 'mode'], text: 'with single, every node sends each notification on its own'}]
}
