import path from 'node:path'
import {NODE_PLACES} from './grafana-service.ts'
import type {Sandbox} from './sandbox.ts'

export interface ClusterWish {
  readonly version: string
  /** Folder with `grafana-<version>.linux-amd64.tar.gz`. */
  readonly packages: string
  /** Where gha.yaml goes. */
  readonly directory: string
}

/** The arguments with which `gha init` describes this sandbox. */
export function initWords(sandbox: Omit<Sandbox, 'stop'>, wish: ClusterWish): readonly string[] {
  const {nodes, balancer, ssh, postgres} = sandbox
  return [
    ...nodes.map(({name, address}) => `${name}=${address}`),
    ...['--cluster', 'demo', '--grafana-version', wish.version, '--root-url', sandbox.url],
    ...['--install', 'tarball', '--packages', wish.packages],
    ...['--database', `postgres://${postgres.user}@127.0.0.1:${postgres.port}/${postgres.database}`],
    ...['--database-password-file', postgres.passwordFile],
    ...['--ssh-user', ssh.user, '--ssh-port', String(ssh.port)],
    ...['--balancer', `haproxy=${balancer.address}`],
    ...Object.entries(settings(sandbox)).flatMap(([place, value]) => ['--set', `${place}=${JSON.stringify(value)}`]),
    ...['-C', wish.directory, '--yes'],
  ]
}

/** What a cluster of loopback addresses, without root and for a short while, needs otherwise than usual. */
function settings(sandbox: Omit<Sandbox, 'stop'>): Readonly<Record<string, unknown>> {
  const {balancer, ssh, directory} = sandbox
  const inHome = (place: string) => path.join(directory, '{node}', place)
  const service = (verb: string) => [inHome(NODE_PLACES.service), verb]
  return {
    'ssh.identityFile': ssh.identityFile,
    'ssh.knownHosts': ssh.knownHosts,
    'ssh.become': 'none',
    'grafana.service': {
      manager: 'command',
      command: {stop: service('stop'), restart: service('restart'), status: service('status')},
    },
    'grafana.paths': {
      home: inHome(NODE_PLACES.home),
      data: inHome(NODE_PLACES.data),
      state: inHome(NODE_PLACES.state),
    },
    'grafana.settings': {server: {http_port: sandbox.httpPort}},
    alerting: {mode: 'gossip', port: sandbox.meshPort},
    'loadBalancer.socket': balancer.socket,
    'loadBalancer.drainTimeout': '3s',
    'loadBalancer.file': {
      path: balancer.config,
      bind: balancer.bind,
      validate: balancer.validate,
      reload: balancer.reload,
    },
    rollout: {minHealthyTime: '5s', healthyDeadline: '60s'},
  }
}
