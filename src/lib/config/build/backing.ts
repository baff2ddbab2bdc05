import type {Alerting, Cache, Database, Live, RedisEndpoint} from '../../model/backing.ts'
import {given} from '../../model/given.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import {type Build, localFile, secretAt} from './build.ts'
import {endpointOf} from './endpoint.ts'

const USUAL_PORTS = {postgres: 5432, mysql: 3306, redis: 6379, memcached: 11_211, gossip: 9094} as const

export function buildDatabase(input: ClusterInput['database'], build: Build): Database {
  const file = (path: string | undefined) => (path === undefined ? undefined : localFile(build, path))
  return {
    type: input.type,
    ...endpointOf(input.host, USUAL_PORTS[input.type]),
    name: input.name,
    user: input.user,
    password: secretAt(build, ['database', 'password']),
    sslMode: String(input.sslMode ?? (input.type === 'postgres' ? 'disable' : 'false')),
    ...given({
      ca: file(input.ca),
      clientCertificate: file(input.clientCertificate),
      clientKey: file(input.clientKey),
      serverCertificateName: input.serverCertificateName,
      maxOpenConnections: input.maxOpenConnections,
    }),
  }
}

export function buildCache(input: ClusterInput['cache'], build: Build): Cache {
  switch (input?.type) {
    case undefined:
    case 'database':
      return {type: 'database'}
    case 'memcached':
      return {type: 'memcached', ...endpointOf(input.address, USUAL_PORTS.memcached), ...given({prefix: input.prefix})}
    case 'redis':
      return {type: 'redis', ...buildRedis(input, 'cache', build), ...given({prefix: input.prefix})}
  }
}

/** A lone node needs no mesh; two or more gossip unless told otherwise. */
export function buildAlerting(input: ClusterInput['alerting'], nodes: number, build: Build): Alerting {
  switch (input?.mode) {
    case undefined:
      return nodes === 1 ? {mode: 'single'} : {mode: 'gossip', port: USUAL_PORTS.gossip}
    case 'single':
      return {mode: 'single'}
    case 'gossip':
      return {mode: 'gossip', port: input.port ?? USUAL_PORTS.gossip, ...given({label: input.label})}
    case 'redis':
      return {mode: 'redis', ...buildRedis(input, 'alerting', build), ...given({prefix: input.prefix})}
  }
}

export function buildLive(input: ClusterInput['live'], {secrets}: Build): Live {
  if (input?.mode !== 'redis') return {mode: 'off'}
  return {
    mode: 'redis',
    ...endpointOf(input.address, USUAL_PORTS.redis),
    ...given({password: secrets.get('live/password'), prefix: input.prefix}),
  }
}

type RedisInput = Extract<ClusterInput['cache'], {type: 'redis'}> | Extract<ClusterInput['alerting'], {mode: 'redis'}>

function buildRedis(input: RedisInput, place: 'cache' | 'alerting', {secrets}: Build): RedisEndpoint {
  return {
    ...endpointOf(input.address, USUAL_PORTS.redis),
    database: input.database ?? 0,
    tls: tlsOf(input.tls),
    ...given({username: input.username, password: secrets.get(`${place}/password`)}),
  }
}

function tlsOf(input: RedisInput['tls']): RedisEndpoint['tls'] {
  if (input === true) return 'on'
  return input || 'off'
}
