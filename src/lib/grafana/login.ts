import type {Admin} from '../model/cluster.ts'
import {Secret} from '../model/secret.ts'

/** What a client keeps of a login. */
export type Cookies = ReadonlyMap<string, Secret>

/** The one request that opens a session. */
export function loginRequest({user, password}: Admin) {
  return {
    method: 'POST',
    path: '/login',
    headers: {'content-type': 'application/json', accept: 'application/json'},
    body: JSON.stringify({user, password: password.reveal()}),
  } as const
}

/** `name=value; attributes`: the attributes are for browsers, and an empty value takes a cookie away. */
export function cookiesIn(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Cookies {
  const lines = [headers['set-cookie'] ?? []].flat()
  const pairs = lines.map(line => /^\s*([^=;\s]+)\s*=\s*([^;\s]+)/.exec(line) ?? [])
  return new Map(pairs.flatMap(([, name, value]) => (name && value ? [[name, new Secret(value)] as const] : [])))
}

export function cookieHeader(cookies: Cookies): {readonly cookie: string} {
  return {cookie: [...cookies].map(([name, value]) => `${name}=${value.reveal()}`).join('; ')}
}
