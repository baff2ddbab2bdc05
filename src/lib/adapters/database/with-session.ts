import {GhaError} from '../../errors/gha-error.ts'
import {loginError, questionError} from './database-error.ts'
import {failureOf} from './failure.ts'
import {type LoggedIn, leave, login} from './logged-in.ts'
import type {Place} from './place.ts'

interface Visit extends Place {
  /** The name that the server knows the session by. */
  readonly as: string
}

/** @throws GhaError that tells a refused login from what went wrong after it */
export async function withSession<T>(visit: Visit, work: (session: LoggedIn) => Promise<T>): Promise<T> {
  const session = await login(visit.database, visit.from, visit.as).catch(error => {
    throw isTold(error) ? error : loginError(failureOf(error), visit)
  })
  try {
    return await work(session)
  } catch (error) {
    throw isTold(error) ? error : questionError(failureOf(error), visit)
  } finally {
    await leave(session.client, session.stream)
  }
}

/** What somebody stopped did not fail. */
function isTold(error: unknown): boolean {
  return error instanceof GhaError || (error instanceof Error && error.name === 'AbortError')
}
