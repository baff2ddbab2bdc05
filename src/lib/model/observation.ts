/** What was seen, or why it was not: silence is never success. */
export type Observation<T> =
  | {readonly known: true; readonly value: T}
  | {readonly known: false; readonly reason: string}

export function known<T>(value: T): Observation<T> {
  return {known: true, value}
}

export function unknown(reason: string): Observation<never> {
  return {known: false, reason}
}

/** The value, or undefined where it is unknown: for places that show, never for places that judge. */
export function seen<T>(observation: Observation<T>): T | undefined {
  return observation.known ? observation.value : undefined
}
