import {given} from '../../model/given.ts'
import type {BalancerHost, LoadBalancer, OwnedFile} from '../../model/load-balancer.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import {type Build, secondsOf, withoutBrackets} from './parts.ts'
import {buildSsh} from './ssh.ts'

const DRAIN_SECONDS = 30

export function buildLoadBalancer(cluster: ClusterInput, build: Build): LoadBalancer {
  const input = cluster.loadBalancer
  switch (input?.type) {
    case undefined:
    case 'none':
      return {type: 'none'}
    case 'haproxy':
      return {
        type: 'haproxy',
        hosts: buildHosts(cluster, input.hosts, build),
        backend: input.backend ?? 'grafana',
        socket: input.socket ?? '/run/haproxy/admin.sock',
        drainTimeoutSeconds: drainSeconds(input),
        ...given({file: input.file && ownedFile(input.file, USUAL_FILES.haproxy)}),
      }
    case 'nginx':
      return {
        type: 'nginx',
        hosts: buildHosts(cluster, input.hosts, build),
        upstream: input.upstream ?? 'grafana',
        drainTimeoutSeconds: drainSeconds(input),
        file: ownedFile(input.file ?? {}, USUAL_FILES.nginx),
      }
  }
}

const USUAL_FILES = {
  haproxy: {path: '/etc/haproxy/haproxy.cfg', bind: '*:80', reload: ['systemctl', 'reload', 'haproxy']},
  nginx: {path: '/etc/nginx/conf.d/gha.conf', bind: '80', reload: ['systemctl', 'reload', 'nginx']},
} as const satisfies Record<string, OwnedFile>

type BalancerInput = Extract<ClusterInput['loadBalancer'], {type: 'haproxy' | 'nginx'}>

function ownedFile(input: NonNullable<BalancerInput['file']>, usual: OwnedFile): OwnedFile {
  return {
    path: input.path ?? usual.path,
    bind: input.bind ?? usual.bind,
    reload: (input.reload as OwnedFile['reload'] | undefined) ?? usual.reload,
    ...given({validate: input.validate as OwnedFile['validate']}),
  }
}

function buildHosts(cluster: ClusterInput, hosts: BalancerInput['hosts'], build: Build): readonly BalancerHost[] {
  return hosts.map((input, index) => ({
    name: input.name ?? withoutBrackets(input.host),
    ssh: buildSsh(
      input.host,
      [
        {path: ['ssh'], input: cluster.ssh},
        {path: ['loadBalancer', 'hosts', index, 'ssh'], input: input.ssh},
      ],
      build,
    ),
  }))
}

function drainSeconds({drainTimeout}: BalancerInput): number {
  return drainTimeout === undefined ? DRAIN_SECONDS : secondsOf(drainTimeout)
}
