import type {Listed} from '../facts/listed.ts'
import type {Observation} from '../model/observation.ts'
import {known, unknown} from '../model/observation.ts'
import type {About} from './check.ts'
import {notRunning} from './not-yet.ts'

export interface BeforeAndNow<T> {
  readonly before: T
  readonly now: T
}

type Value<K extends keyof Listed> = Listed[K] extends Observation<infer T> ? T : never

/** What a node listed before its swap, and what it lists after; unknown where either is. */
export function beforeAndNow<K extends keyof Listed>({seen}: About, kind: K): Observation<BeforeAndNow<Value<K>>> {
  const before = seen.trial?.before?.[kind] as Observation<Value<K>> | undefined
  const now = seen.trial?.listed[kind] as Observation<Value<K>> | undefined
  if (!before || !now) return unknown('not asked')
  if (!now.known) return now
  return before.known ? known({before: before.value, now: now.value}) : unknown(`before the swap: ${before.reason}`)
}

/** Why there is nothing to compare. */
export function nothingBefore(about: About): string | undefined {
  return notRunning(about) ?? (about.seen.trial?.before ? undefined : 'it did not answer before')
}
