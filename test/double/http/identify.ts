import type {IncomingMessage} from 'node:http'
import {isBlocked, recordFailure} from '../auth/login-attempts.ts'
import {isPassword} from '../auth/password.ts'
import {sessionUser} from '../auth/sessions.ts'
import {findUser, type User} from '../auth/users.ts'
import type {Grafana} from '../grafana.ts'
import {cookieName} from './session-cookie.ts'

export type Identity =
  | {readonly kind: 'user'; readonly user: User}
  | {readonly kind: 'nobody'}
  | {readonly kind: 'refused'; readonly message: string; readonly messageId: string}

const WRONG = {kind: 'refused', message: 'Invalid username or password', messageId: 'password-auth.failed'} as const
const UNKNOWN_TOKEN = {kind: 'refused', message: 'user token not found', messageId: 'session.token.not-found'} as const

/** Who sends a request: by basic authentication, else by the session cookie. */
export async function identify(
  grafana: Grafana,
  request: IncomingMessage,
  cookies: ReadonlyMap<string, string>,
): Promise<Identity> {
  const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ')
  if (scheme.toLowerCase() === 'basic' && grafana.settings.on('auth.basic', 'enabled', true)) {
    const [login = '', ...rest] = Buffer.from(credentials, 'base64').toString().split(':')
    return checkPassword(grafana, {login, password: rest.join(':'), address: address(request)})
  }
  if (scheme.toLowerCase() === 'bearer')
    return {kind: 'refused', message: 'Invalid API key', messageId: 'api-key.invalid'}
  const token = cookies.get(cookieName(grafana.settings))
  if (!token) return {kind: 'nobody'}
  const id = await sessionUser(grafana.database, grafana.secretKey, token)
  const user = id === undefined ? undefined : await findUser(grafana.database, 'id', id)
  return user ? {kind: 'user', user} : UNKNOWN_TOKEN
}

export interface Attempt {
  readonly login: string
  readonly password: string
  readonly address: string
}

export async function checkPassword({database, settings}: Grafana, attempt: Attempt): Promise<Identity> {
  if (await isBlocked(database, settings, attempt.login)) return WRONG
  const user = await findUser(database, 'login', attempt.login)
  if (user && isPassword(attempt.password, user.hash, user.salt)) return {kind: 'user', user}
  await recordFailure(database, attempt.login, attempt.address)
  return WRONG
}

export function address(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? ''
}
