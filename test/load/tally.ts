import type {Kind, LostReason} from './judge.ts'
import type {ConnectionKind} from './request.ts'

/** One line of the raw log. */
export interface Entry {
  /** When the request began, in ISO 8601. */
  readonly time: string
  readonly client: number
  readonly kind: Kind
  readonly method: string
  readonly path: string
  readonly connection: ConnectionKind
  readonly status?: number
  readonly ms: number
  readonly bytes: number
  /** Of an asset: how old the page was that names it. Nodes of the page's version may be gone after 3 s. */
  readonly pageAgeMs?: number
  readonly lost?: LostReason
  /** Sent a second time, after a kept connection had closed before a byte came. */
  readonly retried?: true
}

export interface Summary {
  readonly requests: number
  readonly lost: number
  readonly byReason: Readonly<Record<string, number>>
  /** `GET page 200` → how many; what shows that a run asked for what it was meant to. */
  readonly byAnswer: Readonly<Record<string, number>>
  /** POST queries, which no client may repeat: in none of the figures above. */
  readonly queries: number
  readonly queriesLost: number
  readonly slowestMs: number
  readonly p50: number
  readonly p99: number
  readonly retries: number
  readonly reLogins: number
  readonly websocketCuts: number
  /** Handshakes of the WebSocket that were not answered with 101. */
  readonly websocketRefusals: number
  readonly seconds: number
}

/** Counts while the load runs. */
export class Tally {
  readonly #started = performance.now()
  readonly #entries: Entry[] = []
  reLogins = 0
  websocketCuts = 0
  websocketRefusals = 0

  add(entry: Entry): void {
    this.#entries.push(entry)
  }

  summary(): Summary {
    const requests = this.#entries.filter(entry => entry.kind !== 'query')
    const queries = this.#entries.filter(entry => entry.kind === 'query')
    const times = this.#entries.map(entry => entry.ms).sort((a, b) => a - b)
    return {
      requests: requests.length,
      lost: requests.filter(isLost).length,
      byReason: count(requests.filter(isLost).map(entry => entry.lost ?? '')),
      byAnswer: count(this.#entries.map(entry => `${entry.method} ${entry.kind} ${entry.status ?? entry.lost}`)),
      queries: queries.length,
      queriesLost: queries.filter(isLost).length,
      slowestMs: Math.round(times.at(-1) ?? 0),
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      retries: this.#entries.filter(entry => entry.retried).length,
      reLogins: this.reLogins,
      websocketCuts: this.websocketCuts,
      websocketRefusals: this.websocketRefusals,
      seconds: Math.round((performance.now() - this.#started) / 100) / 10,
    }
  }
}

function isLost(entry: Entry): boolean {
  return entry.lost !== undefined
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function quantile(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10
}
