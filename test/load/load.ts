import {closeSync, openSync, writeSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {holdLiveSocket} from './live-socket.ts'
import {request} from './request.ts'
import {type Summary, Tally} from './tally.ts'
import {type Account, Visitor} from './visitor.ts'

export interface LoadOptions {
  /** Where users go: the balancer. */
  readonly url: string
  /** Without an account only what needs no session is asked for, and there is no WebSocket. */
  readonly account?: Account
  readonly clients?: number
  /** Requests per second of all clients together. */
  readonly rate?: number
  /** `new`: nobody keeps a connection, as behind a proxy that does not. */
  readonly connections?: 'mixed' | 'new'
  /** How many clients keep their connection, the others make a new one each time. Default: three of four. */
  readonly kept?: number
  /** The raw log: one JSON line per request. */
  readonly log?: string
  /** From where on an answer is lost for being slow. */
  readonly slowMs?: number
}

export interface Load {
  /** The figures so far. */
  summary(): Summary
  /** Lets the requests under way end and answers the figures. */
  stop(): Promise<Summary>
}

const KEEPING_SHARE = 0.75
const SLOW_MS = 5000
/** About as many: clients start this far apart, or all would open their pages in the same second. */
const REQUESTS_PER_VISIT = 20

/** Starts users who go on until stopped. */
export function startLoad(options: LoadOptions): Load {
  const {clients = 16, rate = 200, slowMs = SLOW_MS, connections = 'mixed'} = options
  const {kept = Math.ceil(clients * KEEPING_SHARE)} = options
  const keeping = connections === 'mixed' ? kept : 0
  const url = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`)
  const tally = new Tally()
  const stopping = new AbortController()
  const log = options.log ? openSync(options.log, 'w') : undefined
  const visitors = Array.from({length: clients}, async (_, client) => {
    const visitor = new Visitor({
      url,
      client,
      connections: client < keeping ? 'keeps' : 'opens',
      account: options.account,
      slowMs,
      paceMs: (clients * 1000) / rate,
      stop: stopping.signal,
      record: entry => {
        tally.add(entry)
        if (log !== undefined) writeSync(log, `${JSON.stringify(entry)}\n`)
      },
      reLoggedIn: () => {
        tally.reLogins += 1
      },
    })
    const delay = (client * REQUESTS_PER_VISIT * 1000) / rate
    await sleep(delay, undefined, {signal: stopping.signal}).catch(() => undefined)
    await visitor.run()
  })
  const live = options.account ? holdLive(url, options.account, {tally, stop: stopping.signal, slowMs}) : undefined
  return {
    summary: () => tally.summary(),
    stop: async () => {
      stopping.abort()
      await Promise.all([...visitors, live])
      if (log !== undefined) closeSync(log)
      return tally.summary()
    },
  }
}

async function holdLive(url: URL, account: Account, run: {tally: Tally; stop: AbortSignal; slowMs: number}) {
  const answer = await request({
    url: new URL('login', url),
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(account),
    agent: undefined,
    slowMs: run.slowMs,
  })
  const cookie =
    answer.kind === 'reply' ? answer.headers['set-cookie']?.map(line => line.split(';')[0]).join('; ') : undefined
  await holdLiveSocket({
    url,
    cookie,
    stop: run.stop,
    wasCut: () => {
      run.tally.websocketCuts += 1
    },
    wasRefused: () => {
      run.tally.websocketRefusals += 1
    },
  })
}
