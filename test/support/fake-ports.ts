import type {Duplex} from 'node:stream'
import {PassThrough} from 'node:stream'
import {GhaError} from '../../src/lib/errors/gha-error.ts'
import type {Endpoint, RedisEndpoint} from '../../src/lib/model/backing.ts'
import type {Node, SshTarget} from '../../src/lib/model/node.ts'
import type {Script} from '../../src/lib/model/script.ts'
import type {Balancer, BalancerView} from '../../src/lib/ports/balancer.ts'
import type {CacheReport, Caches} from '../../src/lib/ports/cache.ts'
import type {DatabaseReport, DatabaseSession, Databases, TableSize} from '../../src/lib/ports/database.ts'
import type {Destination, Host, Hosts} from '../../src/lib/ports/host.ts'
import type {Http, HttpOrigin, HttpRequest, HttpResponse} from '../../src/lib/ports/http.ts'
import type {Clock} from '../../src/lib/ports/local.ts'

/** A call no test has prepared for. */
function unexpected(call: string): never {
  throw new Error(`unexpected ${call}`)
}

export interface HostScript {
  /** Standard output of the script, or the error its run ends with. */
  readonly run?: (script: Script<unknown>) => Uint8Array | string | Error
  /** Resolves, or throws DialError. */
  readonly dial?: (destination: Destination) => Duplex | undefined
}

/** A host that answers as told; keeps the scripts it ran. */
export class FakeHost implements Host {
  readonly transport = 'fake'
  readonly ran: Script<unknown>[] = []
  readonly name: string
  readonly #answers: HostScript

  constructor(name: string, answers: HostScript = {}) {
    this.name = name
    this.#answers = answers
  }

  async run<T>(script: Script<T>): Promise<T> {
    this.ran.push(script)
    const answer = this.#answers.run?.(script) ?? unexpected(`script ${script.name} on ${this.name}`)
    if (answer instanceof Error) throw answer
    const stdout = typeof answer === 'string' ? new TextEncoder().encode(answer) : answer
    return script.parse({exitCode: 0, stdout, stderr: ''})
  }

  async dial(destination: Destination): Promise<Duplex> {
    if (!this.#answers.dial) unexpected(`dial of ${JSON.stringify(destination)} from ${this.name}`)
    return this.#answers.dial(destination) ?? new PassThrough()
  }

  async close(): Promise<void> {}
}

/** Hosts by name; an error in the place of a host is what `connect` rejects with. */
export class FakeHosts implements Hosts {
  readonly #byName: ReadonlyMap<string, Host | Error>

  constructor(hosts: Readonly<Record<string, Host | Error>>) {
    this.#byName = new Map(Object.entries(hosts))
  }

  async connect(name: string, _target: SshTarget): Promise<Host> {
    const host = this.#byName.get(name) ?? unexpected(`connection to ${name}`)
    if (host instanceof Error) throw host
    return host
  }

  async closeAll(): Promise<void> {}
}

export function unreachable(node: string): GhaError {
  return new GhaError('no answer from port 22', {
    code: 'HOST_UNREACHABLE',
    exit: 'preflight',
    node,
    hint: 'Check the address and that SSH is up.',
  })
}

/** Grafanas by host name; a request to any other fails the test. Keeps `host path`. */
export class FakeHttp implements Http {
  readonly asked: string[] = []
  readonly #answer: (from: string, request: HttpRequest, origin: HttpOrigin) => Partial<HttpResponse> | undefined

  constructor(
    answer: (from: string, request: HttpRequest, origin: HttpOrigin) => Partial<HttpResponse> | undefined = () =>
      undefined,
  ) {
    this.#answer = answer
  }

  async request(from: Host, at: HttpOrigin, request: HttpRequest): Promise<HttpResponse> {
    const call = `${from.name} ${request.path}`
    this.asked.push(call)
    const answer = this.#answer(from.name, request, at) ?? unexpected(`request ${call}`)
    return {status: 200, body: '', headers: {}, milliseconds: 1, ...answer}
  }
}

export class FakeDatabases implements Databases {
  readonly #report: (from: string) => DatabaseReport | undefined

  constructor(report: (from: string) => DatabaseReport | undefined = () => undefined) {
    this.#report = report
  }

  async probe(_database: unknown, from: Host): Promise<DatabaseReport> {
    return this.#report(from.name) ?? unexpected(`database probe from ${from.name}`)
  }

  async tables(_database: unknown, from: Host): Promise<readonly TableSize[]> {
    return unexpected(`question for tables from ${from.name}`)
  }

  async open(_database: unknown, from: Host): Promise<DatabaseSession> {
    return unexpected(`database session from ${from.name}`)
  }
}

export class FakeCaches implements Caches {
  readonly #report: (endpoint: Endpoint, from: string) => CacheReport | undefined

  constructor(report: (endpoint: Endpoint, from: string) => CacheReport | undefined = () => undefined) {
    this.#report = report
  }

  async probeRedis(redis: RedisEndpoint, from: Host): Promise<CacheReport> {
    return this.#report(redis, from.name) ?? unexpected(`redis probe from ${from.name}`)
  }

  async probeMemcached(memcached: Endpoint, from: Host): Promise<CacheReport> {
    return this.#report(memcached, from.name) ?? unexpected(`memcached probe from ${from.name}`)
  }
}

/** A clock that stands still until somebody sleeps. */
export class FakeClock implements Clock {
  #now: number

  constructor(now = 1_800_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#now += milliseconds
  }
}

/** Time stands still: whoever sleeps sleeps until somebody wakes him. */
export class StillClock extends FakeClock {
  override sleep(_: number, signal?: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  }
}

/** A balancer that only tells. */
export class FakeBalancer implements Balancer {
  readonly #views: readonly BalancerView[] | Error

  constructor(views: readonly BalancerView[] | Error) {
    this.#views = views
  }

  async status(): Promise<readonly BalancerView[]> {
    if (this.#views instanceof Error) throw this.#views
    return this.#views
  }

  async rehearse(): Promise<void> {}

  async drain(node: Node): Promise<readonly BalancerView[]> {
    return unexpected(`drain of ${node.name}`)
  }

  async takeOut(node: Node): Promise<readonly BalancerView[]> {
    return unexpected(`taking out of ${node.name}`)
  }

  async undrain(node: Node): Promise<readonly BalancerView[]> {
    return unexpected(`undrain of ${node.name}`)
  }
}
