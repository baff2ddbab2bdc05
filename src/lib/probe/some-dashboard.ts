import {parsedObject} from '../model/parsed-object.ts'
import type {HttpResponse} from '../ports/http.ts'
import {isSentToLogin} from './judge-answer.ts'
import type {Question} from './sample.ts'

/** One request, and what it stands for. */
export interface Asked {
  readonly question: Question
  readonly path: string
}

/** More than one, for a dashboard may be gone by the time it is asked for. */
const SEARCH: Asked = {question: 'search', path: '/api/search?type=dash-db&limit=10'}

/**
 * A dashboard that the session may read: found by a search, read by its uid from then on, as whoever has it open does.
 * Where there is none the search stands for it. Only reads: a balancer never repeats a POST, so one that met a closing
 * connection would be counted against a node that did nothing wrong.
 */
export class SomeDashboard {
  #path: string | undefined
  readonly #refused = new Set<string>()

  next(): Asked {
    return this.#path === undefined ? SEARCH : {question: 'dashboard', path: this.#path}
  }

  /** Deleted, not allowed or of a newer schema: another one is as good, and no one is tried twice. */
  heard({question, path}: Asked, answer: HttpResponse): void {
    if (question === 'search' && answer.status === 200)
      this.#path ??= pathsIn(answer.body).find(found => !this.#refused.has(found))
    if (question !== 'dashboard' || answer.status < 300 || answer.status >= 500 || isSentToLogin(answer)) return
    this.#refused.add(path)
    if (this.#path === path) this.#path = undefined
  }
}

function pathsIn(body: string): readonly string[] {
  const found = Object.values(parsedObject(body) ?? {}) as readonly ({readonly uid?: unknown} | null)[]
  const uids = found.map(each => each?.uid)
  return uids.flatMap(uid => (typeof uid === 'string' && uid ? `/api/dashboards/uid/${encodeURIComponent(uid)}` : []))
}
