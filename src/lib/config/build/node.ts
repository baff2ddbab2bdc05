import {defaultPaths} from '../../grafana/paths.ts'
import {given} from '../../model/given.ts'
import type {Argv, Node, Paths, Service} from '../../model/node.ts'
import type {ClusterInput, GrafanaInput, NodeInput} from '../schema/cluster.ts'
import type {Build} from './build.ts'
import {withoutBrackets} from './endpoint.ts'
import {buildSettings} from './settings.ts'
import {buildSsh} from './ssh.ts'

type ServiceInput = NonNullable<GrafanaInput['service']>

const GRAFANA_PORT = 3000

export function buildNode(cluster: ClusterInput, index: number, build: Build): Node {
  const input = cluster.nodes[index] as NodeInput
  const path = ['nodes', index]
  const settings = buildSettings(input.settings, [...path, 'settings'], build)
  return {
    name: input.name,
    address: withoutBrackets(input.address ?? input.host),
    httpPort: httpPort(cluster, input),
    balancerName: input.balancerName ?? input.name,
    ...given({zone: input.zone}),
    ssh: buildSsh(
      input.host,
      [
        {path: ['ssh'], input: cluster.ssh},
        {path: [...path, 'ssh'], input: input.ssh},
      ],
      build,
    ),
    service: buildService(cluster.grafana, input),
    paths: buildPaths(cluster, input),
    settings,
  }
}

function httpPort({grafana}: ClusterInput, node: NodeInput): number {
  const wished = node.settings?.['server']?.['http_port'] ?? grafana.settings?.['server']?.['http_port']
  return wished === undefined ? GRAFANA_PORT : Number(wished)
}

function buildService(grafana: GrafanaInput, node: NodeInput): Service {
  const input = node.service ?? grafana.service ?? usualService(grafana)
  switch (input.manager) {
    case 'systemd':
      return {manager: 'systemd', unit: named(input.unit ?? 'grafana-server', node)}
    case 'docker':
      return {manager: 'docker', container: named(input.container ?? 'grafana', node)}
    case 'command': {
      const {stop, restart, status} = input.command
      const words = (list: readonly string[]) => list.map(word => named(word, node)) as unknown as Argv
      return {
        manager: 'command',
        stop: words(stop),
        restart: words(restart),
        status: words(status),
      }
    }
  }
}

function usualService({install}: GrafanaInput): ServiceInput {
  return install?.method === 'docker' ? {manager: 'docker'} : {manager: 'systemd'}
}

function buildPaths(cluster: ClusterInput, node: NodeInput): Paths {
  const wished = {...cluster.grafana.paths, ...node.paths}
  const paths = {
    ...defaultPaths(cluster.grafana.install?.method ?? 'apt', wished),
    state: `/var/lib/gha/${cluster.name}/${node.name}`,
    ...given(wished),
  }
  return Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, named(path, node)])) as unknown as Paths
}

/** `{node}` stands for the node's name, so that several instances can share a host. */
function named(text: string, node: NodeInput): string {
  return text.replaceAll('{node}', node.name)
}
