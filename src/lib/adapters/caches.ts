import {once} from 'node:events'
import type {Duplex} from 'node:stream'
import type {Endpoint, RedisEndpoint} from '../model/backing.ts'
import type {CacheReport, Caches} from '../ports/cache.ts'
import {DialError, type Host} from '../ports/host.ts'
import {isTlsError, secured} from './dialled/secured.ts'
import {within} from './dialled/within.ts'

const SECONDS = 10

/** Redis by its real client, memcached by its text protocol, over streams dialled from a host. */
export function createCaches(): Caches {
  return {
    probeRedis: (redis, from) => reported(probe(redis, from, askRedis)),
    probeMemcached: (memcached, from) => reported(probe(memcached, from, askMemcached)),
  }
}

async function reported(answer: Promise<CacheReport>): Promise<CacheReport> {
  try {
    return await answer
  } catch (error) {
    return failureOf(error)
  }
}

async function probe<T extends Endpoint>(
  endpoint: T,
  from: Host,
  ask: (stream: Duplex, endpoint: T) => Promise<CacheReport>,
): Promise<CacheReport> {
  const stream = await from.dial({host: endpoint.host, port: endpoint.port})
  stream.on('error', () => undefined)
  try {
    return await within(SECONDS, ask(stream, endpoint), () => stream.destroy())
  } finally {
    stream.destroy()
  }
}

async function askRedis(stream: Duplex, redis: RedisEndpoint): Promise<CacheReport> {
  const {redisOver} = await import('./dialled/redis-over.ts')
  const line =
    redis.tls === 'off'
      ? stream
      : await secured(stream, {name: redis.host, verify: redis.tls === 'on' ? 'full' : 'nothing'})
  const client = redisOver(line)
  try {
    await client.connect()
    if (redis.password !== undefined) {
      const user = redis.username === undefined ? [] : [redis.username]
      await client.call('AUTH', ...user, redis.password.reveal())
    }
    if (redis.database !== 0) await client.select(redis.database)
    const asked = performance.now()
    await client.ping()
    const latencyMilliseconds = since(asked)
    const info = await client.info()
    return {
      outcome: 'answered',
      latencyMilliseconds,
      serverVersion: /^redis_version:(.*)\r?$/m.exec(info)?.[1]?.trim() ?? 'unknown',
      readOnly: /^role:slave\r?$/m.test(info) && !/^slave_read_only:0\r?$/m.test(info),
    }
  } finally {
    client.disconnect()
  }
}

async function askMemcached(stream: Duplex): Promise<CacheReport> {
  const asked = performance.now()
  stream.write('version\r\n')
  const answer = await firstLine(stream)
  const version = /^VERSION (\S+)/.exec(answer)?.[1]
  if (version === undefined) return {outcome: 'error', message: `not memcached's answer: ${answer.slice(0, 100)}`}
  return {outcome: 'answered', latencyMilliseconds: since(asked), serverVersion: version, readOnly: false}
}

async function firstLine(stream: Duplex): Promise<string> {
  let text = ''
  while (!text.includes('\n') && text.length < 1000) {
    const [chunk] = await Promise.race([once(stream, 'data'), once(stream, 'end').then(closed)])
    text += String(chunk)
  }
  return text.split(/\r?\n/)[0] ?? ''
}

function closed(): never {
  throw new Error('the server closed the connection')
}

function since(start: number): number {
  return Math.round((performance.now() - start) * 10) / 10
}

function failureOf(error: unknown): CacheReport {
  if (!(error instanceof Error)) return {outcome: 'error', message: String(error)}
  const {message} = error
  if (error instanceof DialError) return {outcome: error.failure === 'refused' ? 'refused' : 'unreachable', message}
  if (/no answer within/.test(message)) return {outcome: 'unreachable', message}
  if (/^(WRONGPASS|NOAUTH|NOPERM)|AUTH|invalid (username-)?password/i.test(message))
    return {outcome: 'authentication', message}
  return {outcome: isTlsError(error) ? 'tls' : 'error', message}
}
