import {formatFields, parseFields} from './fields.ts'

/** A run's right to change things: whoever holds an older generation is refused by every host. */
export interface Lease {
  /** `20261120T231500-4f2a`: when the run began and four random hex digits. */
  readonly run: string
  readonly generation: number
}

/** Who holds the lock, as the other operator gets to see it. */
export interface LockHolder {
  readonly run: string
  readonly owner: string
  readonly hostname: string
  readonly pid: number
  readonly bootId: string
  readonly reason: string
  /** Milliseconds since 1970, on the holder's clock. */
  readonly since: number
}

export function formatHolder(holder: LockHolder): string {
  return formatFields(holder)
}

/** Undefined when the text names no run. */
export function parseHolder(text: string): LockHolder | undefined {
  const fields = parseFields(text)
  const run = fields.get('run')
  if (!run) return undefined
  return {
    run,
    owner: fields.get('owner') ?? '',
    hostname: fields.get('hostname') ?? '',
    pid: numberOf(fields.get('pid')),
    bootId: fields.get('bootId') ?? '',
    reason: fields.get('reason') ?? '',
    since: numberOf(fields.get('since')),
  }
}

/** Zero where a damaged file has none. */
function numberOf(text = ''): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}
