import {duration} from './duration.ts'
import {formatFields, parseFields} from './fields.ts'

/** Who took a node out of the balancer on purpose, kept on the node; its age is told by the node's clock. */
export interface DrainRecord {
  /** `ann@desk`. */
  readonly by: string
  readonly reason: string
  /** How long it is meant to last. Nothing happens by itself when that is over, but that it is said aloud. */
  readonly forSeconds: number
}

/** A drain that stands. */
export interface Drained extends DrainRecord {
  /** Since when, by the node's clock. */
  readonly ageSeconds: number
}

/** Its time is over, and nobody has brought the node back. */
export function isExpired({ageSeconds, forSeconds}: Drained): boolean {
  return ageSeconds > forSeconds
}

/** `drained by ann@desk 12m ago for 30m: new disk`. */
export function describeDrain(drained: Drained): string {
  const {by, reason, forSeconds, ageSeconds} = drained
  const over = isExpired(drained) ? `, over since ${duration(ageSeconds - forSeconds)}` : ''
  return `drained by ${by} ${duration(ageSeconds)} ago for ${duration(forSeconds)}${over}${reason ? `: ${reason}` : ''}`
}

export function formatDrain({by, reason, forSeconds}: DrainRecord): string {
  return formatFields({by, reason, forSeconds})
}

export function parseDrain(text: string): DrainRecord {
  const fields = parseFields(text)
  return {
    by: fields.get('by') ?? '?',
    reason: fields.get('reason') ?? '',
    forSeconds: Number(fields.get('forSeconds') ?? 0),
  }
}
