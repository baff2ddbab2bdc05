import type {ServerResponse} from 'node:http'
import type {Settings} from '../settings.ts'
import {siteOf} from './site.ts'

const DAYS_30 = 30 * 24 * 3600

export function cookieName(settings: Settings): string {
  return settings.or('auth', 'login_cookie_name', 'grafana_session')
}

export function setSessionCookie(response: ServerResponse, settings: Settings, token: string): void {
  const rotate = settings.number('auth', 'token_rotation_interval_minutes', 10) * 60
  const expiry = Math.floor(Date.now() / 1000) + rotate - 5
  append(response, `${cookieName(settings)}=${token}; ${attributes(settings, DAYS_30)}; HttpOnly`)
  append(response, `${cookieName(settings)}_expiry=${expiry}; ${attributes(settings, DAYS_30)}`)
}

export function clearSessionCookie(response: ServerResponse, settings: Settings): void {
  append(response, `${cookieName(settings)}=; ${attributes(settings, 0)}; HttpOnly`)
  append(response, `${cookieName(settings)}_expiry=; ${attributes(settings, 0)}`)
}

export function setRedirectCookie(response: ServerResponse, settings: Settings, path: string): void {
  append(response, `redirect_to=${encodeURIComponent(path)}; ${attributes(settings, 60)}; HttpOnly`)
}

export function readCookies(header: string | undefined): Map<string, string> {
  return new Map(
    (header ?? '')
      .split(/;\s*/)
      .filter(pair => pair.includes('='))
      .map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}

function attributes(settings: Settings, maxAge: number): string {
  const sameSite = settings.or('security', 'cookie_samesite', 'lax')
  const words = [`Path=${siteOf(settings).subPath || '/'}`, `Max-Age=${maxAge}`]
  if (sameSite !== 'disabled') words.push(`SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`)
  if (settings.on('security', 'cookie_secure')) words.push('Secure')
  return words.join('; ')
}

function append(response: ServerResponse, cookie: string): void {
  response.appendHeader('Set-Cookie', cookie)
}
