import {given} from './given.ts'
/** What was seen, or why it was not: silence is never success. */
export type Observation<T> =
  | {readonly known: true; readonly value: T}
  | {
      readonly known: false
      readonly reason: string
      /** Of the error that stood in the way, for who must tell one from another. */
      readonly code?: string
      /** What mends it, where the error said so. */
      readonly hint?: string
    }

export function known<T>(value: T): Observation<T> {
  return {known: true, value}
}

export function unknown(reason: string, code?: string, hint?: string): Observation<never> {
  return {known: false, reason, ...given({code, hint})}
}

/** The value, or undefined where it is unknown: for places that show, never for places that judge. */
export function seen<T>(observation: Observation<T>): T | undefined {
  return observation.known ? observation.value : undefined
}
