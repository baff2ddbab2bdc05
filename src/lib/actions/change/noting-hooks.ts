import type {ChangeRequest} from './change-request.ts'

export interface NotedHooks {
  readonly request: ChangeRequest
  /** Hooks that failed and stopped nothing, in words; grows with the run. */
  readonly failed: readonly string[]
}

/** The same request, whose progress is heard on its way. */
export function notingHooks(request: ChangeRequest): NotedHooks {
  const failed: string[] = []
  const progress: ChangeRequest['progress'] = event => {
    if (event.type === 'hook-failed' && event.onFailure === 'warn')
      failed.push(`${event.hook}${event.node === undefined ? '' : ` of ${event.node}`}: ${event.message}`)
    request.progress(event)
  }
  return {request: {...request, progress}, failed}
}
