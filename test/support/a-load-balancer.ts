import type {LoadBalancer, OwnedFile} from '../../src/lib/model/load-balancer.ts'
import {anSshTarget} from './a-cluster.ts'

export type Haproxy = LoadBalancer & {readonly type: 'haproxy'}
export type Nginx = LoadBalancer & {readonly type: 'nginx'}
export type Hook = LoadBalancer & {readonly type: 'hook'}

export function aHaproxy(wish: Partial<Haproxy> = {}): Haproxy {
  return {
    type: 'haproxy',
    hosts: [{name: 'lb1', ssh: anSshTarget({host: '10.0.0.20'})}],
    backends: ['grafana'],
    socket: '/run/haproxy/admin.sock',
    drainTimeoutSeconds: 30,
    ...wish,
  }
}

export function anNginx(wish: Partial<Nginx> = {}): Nginx {
  return {
    type: 'nginx',
    hosts: [{name: 'lb1', ssh: anSshTarget({host: '10.0.0.20'})}],
    upstream: 'grafana',
    drainTimeoutSeconds: 30,
    file: anOwnedFile({path: '/etc/nginx/conf.d/grafana.conf', bind: '*:80'}),
    ...wish,
  }
}

/** A file that every balancer takes at once. */
export function anOwnedFile(wish: Partial<OwnedFile> & Pick<OwnedFile, 'path' | 'bind'>): OwnedFile {
  return {validate: ['true'], reload: ['true'], ...wish}
}

/** Commands that say nothing and do nothing. */
export function aHook(wish: Partial<Hook> = {}): Hook {
  const nothing = {argv: ['true'], deadlineSeconds: 10} as const
  return {
    type: 'hook',
    name: 'lb1',
    folder: '/',
    commands: {list: nothing, status: nothing, drain: nothing, undrain: nothing},
    drainTimeoutSeconds: 30,
    confirm: {times: 3, everySeconds: 2},
    ...wish,
  }
}
