import http from 'node:http'
import type {Backend, Config, ServerLine} from './config.ts'

export type Admin = 'ready' | 'drain' | 'maint'

/** One server of one backend, as it stands now. */
export class Server {
  readonly id: number
  readonly line: ServerLine
  readonly backend: Backend
  readonly agent = new http.Agent({keepAlive: true})
  /** Set where the configuration says `track`: that server decides for this one. */
  tracked: Server | undefined
  admin: Admin
  /** What `set server` was told, which a balancer that ignores drains only repeats. */
  told: Admin
  health: number
  lastCheck = 'not yet'
  current = 0
  total = 0
  #timer: NodeJS.Timeout | undefined

  constructor(backend: Backend, line: ServerLine, id: number) {
    this.backend = backend
    this.line = line
    this.id = id
    this.admin = line.isDisabled ? 'maint' : 'ready'
    this.told = this.admin
    this.health = line.rise
  }

  get isUp(): boolean {
    return this.tracked ? this.tracked.isUp : !this.line.isChecked || this.health >= this.line.rise
  }

  /** A tracking server follows the other in its rest, too. */
  get effectiveAdmin(): Admin {
    return this.admin === 'ready' && this.tracked ? this.tracked.effectiveAdmin : this.admin
  }

  get takesNew(): boolean {
    return this.isUp && this.effectiveAdmin === 'ready'
  }

  /** As after HAProxy's own: ready is up at once, and one failed check takes it down again. */
  set(admin: Admin): void {
    this.admin = admin
    if (admin !== 'ready') return
    this.health = this.line.rise
    this.#checkAfter(0)
  }

  startChecks(): void {
    if (this.line.isChecked && !this.tracked) this.#checkAfter(0)
  }

  stopChecks(): void {
    clearTimeout(this.#timer)
  }

  #checkAfter(ms: number): void {
    if (!this.line.isChecked || this.tracked) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(async () => {
      if (this.admin !== 'maint') this.#count(await this.#probe())
      this.#checkAfter(this.line.interMs)
    }, ms)
  }

  #count(passed: boolean): void {
    const {rise, fall} = this.line
    const top = rise + fall - 1
    if (passed) this.health = this.health + 1 >= rise ? top : this.health + 1
    else this.health = this.health - 1 >= rise ? this.health - 1 : 0
  }

  #probe(): Promise<boolean> {
    const {check} = this.backend
    const {host, port, interMs} = this.line
    return new Promise(resolve => {
      const end = (words: string, passed: boolean) => {
        this.lastCheck = words
        resolve(passed)
      }
      const {method = 'OPTIONS', uri: path = '/', statuses = [], timeoutMs: timeout = interMs} = check ?? {}
      const request = http.request({host, port, method, path, agent: false, timeout}, response => {
        response.resume()
        const status = response.statusCode ?? 0
        end(`L7 ${status}`, statuses.length > 0 ? statuses.includes(status) : status >= 200 && status < 400)
      })
      request.on('timeout', () => request.destroy(new Error('timeout')))
      request.on('error', error => end(error.message, false))
      request.end()
    })
  }
}

export interface Pool {
  readonly name: string
  readonly id: number
  readonly backend: Backend
  readonly servers: readonly Server[]
  /** The next server in turn, one of those not tried yet if there is one; undefined when none takes new requests. */
  choose(tried: readonly Server[]): Server | undefined
}

/** HAProxy counts frontends and backends together, after its own first. */
const FIRST_ID = 2

export function makePools(config: Config): readonly Pool[] {
  const pools = config.backends.map((backend, place) => makePool(backend, FIRST_ID + config.frontends.length + place))
  for (const server of pools.flatMap(pool => pool.servers)) {
    const {track} = server.line
    if (track) server.tracked = findServer(pools, track.includes('/') ? track : `${server.backend.name}/${track}`)
  }
  return pools
}

/** `backend/server`. */
export function findServer(pools: readonly Pool[], name: string): Server | undefined {
  const [backend, server] = name.split('/')
  return pools.find(pool => pool.name === backend)?.servers.find(found => found.line.name === server)
}

function makePool(backend: Backend, id: number): Pool {
  const servers = backend.servers.map((line, place) => new Server(backend, line, place + 1))
  let turn = 0
  return {
    name: backend.name,
    id,
    backend,
    servers,
    choose: tried => {
      const takers = servers.filter(server => server.takesNew)
      const regular = takers.filter(server => !server.line.isBackup)
      const usable = regular.length > 0 ? regular : takers
      const fresh = usable.filter(server => !tried.includes(server))
      const candidates = fresh.length > 0 ? fresh : usable
      turn += 1
      return candidates[turn % candidates.length]
    },
  }
}
