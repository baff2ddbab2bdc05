import {randomUUID} from 'node:crypto'
import type {Log} from '../log.ts'
import {askRedis, type RedisTarget} from '../redis/redis-client.ts'
import type {AlertingMesh, MeshView} from './alerting-mesh.ts'

export interface RedisMeshOptions {
  readonly target: RedisTarget
  readonly prefix: string
  readonly name: string
  readonly log: Log
}

const HEARTBEAT_MS = 5000
const KEPT_SECONDS = 300
const DEAD_MS = 60_000

/** Members are the heartbeat keys under one prefix that are younger than a minute. */
export class RedisMesh implements AlertingMesh {
  private readonly options: RedisMeshOptions
  private readonly key: string
  private readonly name: string
  private readonly timer: NodeJS.Timeout
  private members: readonly string[] = []
  private reachable = false
  private beats = 0
  private failures = 0

  constructor(options: RedisMeshOptions) {
    this.options = options
    this.name = options.name || `peer-${randomUUID()}`
    this.key = `${options.prefix}${this.name}`
    void this.beat()
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS)
  }

  /** Without Redis every node takes itself for the first. */
  view(): MeshView {
    const position = this.reachable ? Math.max(0, this.members.indexOf(this.key)) : 0
    return {
      ...{name: this.name, members: this.members.length, position, healthScore: this.reachable ? 0 : 1},
      ...{
        failedPeers: 0,
        received: this.beats,
        updates: this.beats,
        sent: this.beats,
        pings: this.beats + this.failures,
      },
    }
  }

  async leave(): Promise<void> {
    clearInterval(this.timer)
    await askRedis(this.options.target, async ask => void (await ask('DEL', this.key))).catch(() => {})
  }

  private async beat(): Promise<void> {
    try {
      await askRedis(this.options.target, async ask => {
        await ask('SET', this.key, String(Date.now()), 'EX', String(KEPT_SECONDS))
        const keys = await this.scan(ask)
        const alive: string[] = []
        for (const key of keys) if (Date.now() - Number(await ask('GET', key)) < DEAD_MS) alive.push(key)
        this.members = alive
      })
      this.reachable = true
      this.beats++
    } catch (error) {
      this.reachable = false
      this.failures++
      this.options.log.error('ngalert.multiorg.alertmanager', 'error connecting to redis - heartbeat', {
        error: String(error),
      })
    }
  }

  private async scan(ask: (...words: readonly string[]) => Promise<unknown>): Promise<string[]> {
    const found = new Set<string>()
    let cursor = '0'
    do {
      const [next, keys] = (await ask('SCAN', cursor, 'MATCH', `${this.options.prefix}*`)) as [string, string[]]
      for (const key of keys) found.add(key)
      cursor = next
    } while (cursor !== '0')
    return [...found].sort()
  }
}
