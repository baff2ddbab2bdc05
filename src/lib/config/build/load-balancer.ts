import {given} from '../../model/given.ts'
import type {BalancerHost, LoadBalancer, OwnedFile} from '../../model/load-balancer.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import type {Build} from './build.ts'
import {secondsOf} from './duration.ts'
import {withoutBrackets} from './endpoint.ts'
import {buildHook} from './hook.ts'
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
        backends: backendsOf(input.backend),
        socket: input.socket ?? '/run/haproxy/admin.sock',
        drainTimeoutSeconds: drainSeconds(input),
        ...given({file: input.file && ownedFile(input.file, 'haproxy')}),
      }
    case 'nginx':
      return {
        type: 'nginx',
        hosts: buildHosts(cluster, input.hosts, build),
        upstream: input.upstream ?? 'grafana',
        drainTimeoutSeconds: drainSeconds(input),
        file: ownedFile(input.file ?? {}, 'nginx'),
      }
    case 'hook':
      return buildHook(cluster, input, build)
  }
}

function backendsOf(input: string | readonly string[] = 'grafana'): readonly [string, ...string[]] {
  const [first = 'grafana', ...others] = typeof input === 'string' ? [input] : input
  return [first, ...others]
}

const USUAL_FILES = {
  haproxy: {path: '/etc/haproxy/haproxy.cfg', bind: '*:80', reload: ['systemctl', 'reload', 'haproxy']},
  nginx: {path: '/etc/nginx/conf.d/gha.conf', bind: '80', reload: ['systemctl', 'reload', 'nginx']},
} as const satisfies Record<string, Omit<OwnedFile, 'validate'>>

type BalancerInput = Extract<ClusterInput['loadBalancer'], {type: 'haproxy' | 'nginx'}>

type Command = OwnedFile['reload']

function ownedFile(input: NonNullable<BalancerInput['file']>, type: BalancerInput['type']): OwnedFile {
  const usual = USUAL_FILES[type]
  const path = input.path ?? usual.path
  const reload = (input.reload as Command | undefined) ?? usual.reload
  return {
    path,
    bind: input.bind ?? usual.bind,
    validate:
      (input.validate as Command | undefined) ??
      (type === 'nginx' ? nginxJudges(reload) : ['haproxy', '-c', '-q', '-f', path]),
    reload,
  }
}

/** `nginx -c FILE -s reload` names the configuration to judge; another way to reload means the usual one. */
function nginxJudges(reload: Command): Command {
  const [program, ...words] = reload
  const signal = words.indexOf('-s')
  const signals = /(^|\/)nginx$/.test(program) && signal >= 0
  return signals ? [program, ...words.toSpliced(signal, 2), '-t', '-q'] : ['nginx', '-t', '-q']
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
