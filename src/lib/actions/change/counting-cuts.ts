import type {ChangeRequest} from './change-request.ts'

export interface CountedCuts {
  readonly request: ChangeRequest
  /** Node → connections that were still open when its time to drain was over; grows with the run. */
  readonly cut: ReadonlyMap<string, number>
}

/** The same request, whose progress is heard on its way. */
export function countingCuts(request: ChangeRequest): CountedCuts {
  const cut = new Map<string, number>()
  const progress: ChangeRequest['progress'] = event => {
    if (event.type === 'connections-cut') cut.set(event.node, (cut.get(event.node) ?? 0) + event.count)
    request.progress(event)
  }
  return {request: {...request, progress}, cut}
}
