import type {Answer, Failure} from './request.ts'

/** What was asked for. A `query` is a POST that a client must not send twice; it is counted apart. */
export type Kind = 'page' | 'asset' | 'api' | 'query' | 'login'

export type LostReason = Failure | 'server-error' | 'sent-to-login' | 'asset-missing'

export interface Asked {
  readonly kind: Kind
  readonly loggedIn: boolean
}

/** Why a user would have noticed, or undefined when all is well. */
export function lostReason(asked: Asked, answer: Answer): LostReason | undefined {
  if (answer.kind === 'failure') return answer.failure
  if (answer.status >= 500) return 'server-error'
  if (asked.kind === 'asset' && (answer.status === 404 || isSentToLogin(answer))) return 'asset-missing'
  if (asked.loggedIn && isSentToLogin(answer)) return 'sent-to-login'
  return undefined
}

/**
 * The one race that no server can avoid: it closes an idle connection while the next request is under way.
 * Browsers send an idempotent request again then, once.
 */
export function mayTryAgain(method: string, answer: Answer): boolean {
  if (method !== 'GET' || answer.kind !== 'failure') return false
  return answer.failure === 'closed' && answer.connection === 'kept'
}

function isSentToLogin(answer: Answer & {readonly kind: 'reply'}): boolean {
  if (answer.status === 401) return true
  const target = answer.headers.location ?? ''
  return answer.status >= 300 && answer.status < 400 && /\/login(?:[?#]|$)/.test(target)
}
