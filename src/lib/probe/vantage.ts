import type {HttpRequest, HttpResponse} from '../ports/http.ts'

/** A place that reaches the balancer, and how to ask from there. */
export interface Vantage {
  /** What is asked and from where, in words: `http://grafana.lab/ from this machine`. */
  readonly words: string
  /** How many requests may be under way at once from there. */
  readonly atOnce: number
  readonly ask: Ask
  /** Whether the place itself is cut off, or knows no names any more: that says nothing of what users get. */
  readonly isBlind: (error: unknown) => boolean
}

/** Paths are Grafana's own, without the sub-path it is served under. @throws Error when no whole answer came */
export type Ask = (request: HttpRequest) => Promise<HttpResponse>
