import {Redis} from 'ioredis'
import {startDaemon, unprivileged} from './daemon.ts'
import {freePort} from './free-port.ts'
import {serverFolder} from './server-folder.ts'

export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly password: string
  readonly pid: number
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

export interface RedisOptions {
  readonly host?: string
  readonly port?: number
  readonly password?: string
  /** More lines of redis.conf. */
  readonly lines?: readonly string[]
}

/** A real Redis on a free loopback port that wants a password; it keeps nothing. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const {host = '127.0.0.1', password = 'redis-secret', lines = []} = options
  const port = options.port ?? (await freePort(host))
  const account = unprivileged('redis')
  const folder = serverFolder('redis', account)
  const settings = [`bind ${host}`, `port ${port}`, `requirepass ${JSON.stringify(password)}`, `dir ${folder.path}`]
  try {
    const daemon = await startDaemon({
      argv: ['redis-server', '-'],
      account,
      input: [...settings, 'save ""', 'appendonly no', 'daemonize no', ...lines, ''].join('\n'),
      ready: () => ping({host, port, password}),
    })
    const stop = async (signal?: NodeJS.Signals) => {
      await daemon.stop(signal)
      folder.remove()
    }
    return {host, port, password, pid: daemon.pid, stop}
  } catch (error) {
    folder.remove()
    throw error
  }
}

async function ping(server: {host: string; port: number; password: string}): Promise<void> {
  const client = new Redis({...server, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0})
  client.on('error', () => {})
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.disconnect()
  }
}
