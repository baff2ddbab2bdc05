import {once} from 'node:events'
import net from 'node:net'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createCaches} from '../../src/lib/adapters/caches.ts'
import type {RedisEndpoint} from '../../src/lib/model/backing.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import {type Certificates, makeCertificates} from '../support/certificates.ts'
import {startDaemon, unprivileged} from '../support/daemon.ts'
import {echoServer} from '../support/echo-server.ts'
import {freePort} from '../support/free-port.ts'
import {LocalHost} from '../support/local-host.ts'
import {type RedisServer, startRedis} from '../support/redis.ts'
import {VANTAGE_POINTS} from '../support/vantage-points.ts'

const caches = createCaches()
const here = new LocalHost()

describe('a real Redis', () => {
  let server: RedisServer
  let redis: RedisEndpoint

  beforeAll(async () => {
    server = await startRedis()
    redis = {host: server.host, port: server.port, database: 0, password: new Secret(server.password), tls: 'off'}
  })

  afterAll(() => server.stop())

  it.each(Object.entries(VANTAGE_POINTS))('answers as seen from a host: %s', async (_name, reach) => {
    const point = await reach()
    const report = await caches.probeRedis(redis, point.host)
    expect(report).toMatchObject({outcome: 'answered', readOnly: false, serverVersion: expect.stringMatching(/^\d/)})
    await point.leave()
  })

  it('tells no password, a wrong one and a wrong database apart', async () => {
    const {password: _, ...open} = redis
    expect(await caches.probeRedis(open, here)).toMatchObject({outcome: 'authentication'})
    const wrong = await caches.probeRedis({...redis, password: new Secret('planted-canary')}, here)
    expect(wrong.outcome).toBe('authentication')
    expect(JSON.stringify(wrong)).not.toContain('planted-canary')
    expect(await caches.probeRedis({...redis, username: 'nobody'}, here)).toMatchObject({outcome: 'authentication'})
    expect(await caches.probeRedis({...redis, database: 99}, here)).toMatchObject({outcome: 'error'})
    expect(await caches.probeRedis({...redis, database: 3}, here)).toMatchObject({outcome: 'answered'})
  })

  it('says refused, unreachable and TLS where those are the matter', async () => {
    expect(await caches.probeRedis({...redis, port: await freePort()}, here)).toMatchObject({outcome: 'refused'})
    expect(await caches.probeRedis({...redis, host: 'no.such.invalid'}, here)).toMatchObject({outcome: 'unreachable'})
    expect(await caches.probeRedis({...redis, tls: 'insecure'}, here)).toMatchObject({outcome: 'tls'})
  })
})

describe('a real Redis with TLS', () => {
  let certificates: Certificates

  beforeAll(() => {
    certificates = makeCertificates()
  })

  afterAll(() => certificates.remove())

  it('is verified unless gha.yaml says insecure', async () => {
    const port = await freePort()
    const daemon = await startDaemon({
      argv: ['redis-server', '-'],
      account: undefined,
      input: `port 0\ntls-port ${port}\nbind 127.0.0.1\nsave ""\ntls-auth-clients no\ntls-cert-file ${certificates.certFile}\ntls-key-file ${certificates.keyFile}\ntls-ca-cert-file ${certificates.caFile}\n`,
      ready: () => once(net.connect(port, '127.0.0.1').unref(), 'connect'),
    })
    const redis = {host: 'localhost', port, database: 0}
    expect(await caches.probeRedis({...redis, tls: 'insecure'}, here)).toMatchObject({outcome: 'answered'})
    expect(await caches.probeRedis({...redis, tls: 'on'}, here)).toMatchObject({outcome: 'tls'})
    await daemon.stop()
  })
})

describe('a Redis replica', () => {
  it('is read-only', async () => {
    const server = await startRedis({lines: ['replicaof 127.0.0.1 1']})
    const redis = {
      host: server.host,
      port: server.port,
      database: 0,
      password: new Secret(server.password),
      tls: 'off',
    } as const
    expect(await caches.probeRedis(redis, here)).toMatchObject({outcome: 'answered', readOnly: true})
    await server.stop()
  })
})

describe('a real memcached', () => {
  it('answers with its version; a closed port and another server are told apart', async () => {
    const port = await freePort()
    const account = unprivileged('memcache')
    const daemon = await startDaemon({
      argv: ['memcached', '-l', '127.0.0.1', '-p', String(port), '-m', '8'],
      account,
      ready: () => once(net.connect(port, '127.0.0.1').unref(), 'connect'),
    })
    const at = {host: '127.0.0.1', port}
    expect(await caches.probeMemcached(at, here)).toMatchObject({
      outcome: 'answered',
      serverVersion: expect.stringMatching(/^1\./),
    })
    await daemon.stop()
    expect(await caches.probeMemcached(at, here)).toMatchObject({outcome: 'refused'})
    const other = await echoServer(0)
    expect(await caches.probeMemcached({host: '127.0.0.1', port: other.port}, here)).toMatchObject({outcome: 'error'})
    await other.close()
  })
})
