import {formatFields, parseFields} from './fields.ts'

const WISHES = ['go', 'pause', 'stop', 'confirm'] as const

export type RunWish = (typeof WISHES)[number]

/** What an operator asks of the run under way. Of several the highest number counts. */
export interface RunRequest {
  readonly run: string
  readonly wish: RunWish
  readonly number: number
  /** `ann@desk`. */
  readonly by: string
  readonly reason: string
  /** Milliseconds since 1970, on the asker's clock. */
  readonly at: number
}

export function formatRequest(request: RunRequest): string {
  return formatFields(request)
}

/** Undefined when the text asks nothing of a run. */
export function parseRequest(text: string): RunRequest | undefined {
  const fields = parseFields(text)
  const run = fields.get('run')
  const wish = WISHES.find(word => word === fields.get('wish'))
  if (!run || !wish) return undefined
  return {
    run,
    wish,
    number: Number(fields.get('number') ?? 0),
    by: fields.get('by') ?? '',
    reason: fields.get('reason') ?? '',
    at: Number(fields.get('at') ?? 0),
  }
}

/** The one that counts: somebody may have reached only some of the nodes. */
export function newestRequest(requests: readonly (RunRequest | undefined)[], run: string): RunRequest | undefined {
  return requests
    .filter(request => request?.run === run)
    .reduce((a, b) => ((b?.number ?? 0) > (a?.number ?? 0) ? b : a), undefined)
}
