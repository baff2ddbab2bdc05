import {messageOf} from '../errors/message-of.ts'
import type {Admin} from '../model/cluster.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import {Secret} from '../model/secret.ts'
import type {Dialler} from '../ports/host.ts'
import type {Http, HttpRequest, HttpResponse} from '../ports/http.ts'
import type {GrafanaOrigin} from './grafana-origin.ts'

/** A Grafana at some address, asked from some place. */
export interface Door {
  readonly from: Dialler
  readonly http: Http
  readonly origin: GrafanaOrigin
}

/** A login that Grafana took: its cookies. */
export interface Session {
  readonly cookies: ReadonlyMap<string, Secret>
}

export type LoginAnswer =
  | {readonly taken: true; readonly session: Session}
  /** `refused`: whoever asks again locks the admin out. */
  | {readonly taken: false; readonly refused: boolean; readonly words: string}

export function openSession(door: Door, {user, password}: Admin): Promise<Observation<LoginAnswer>> {
  const body = JSON.stringify({user, password: password.reveal()})
  const headers = {'content-type': 'application/json', accept: 'application/json'}
  return answered<LoginAnswer>(door, {path: '/login', method: 'POST', headers, body}, ({status, headers: given}) => {
    const cookies = cookiesIn(given)
    const words = `POST /login answers ${status}`
    if (status !== 200) return known({taken: false, refused: status === 401, words})
    if (cookies.size === 0) return known({taken: false, refused: false, words: 'POST /login opens no session'})
    return known({taken: true, session: {cookies}})
  })
}

/** Whether a Grafana knows the session, and the session as it goes on: Grafana renews its cookies now and then. */
export interface Recognition {
  readonly recognized: boolean
  readonly session: Session
}

export function showSession(door: Door, session: Session): Promise<Observation<Recognition>> {
  const request = {path: '/api/user', headers: {...cookieHeader(session), accept: 'application/json'}}
  return answered(door, request, ({status, body, headers}) => {
    if (status === 200) return known({recognized: true, session: renewed(session, cookiesIn(headers))})
    if (status === 401) return known({recognized: body.includes(ONLY_OLD), session})
    return unknown(`/api/user answers ${status}`)
  })
}

/** Grafana found the session, and waits for the browser to fetch the next token of it. */
const ONLY_OLD = 'session.token.rotate'

export async function closeSession(door: Door, session: Session): Promise<void> {
  await answered(door, {path: '/logout', headers: cookieHeader(session)}, () => known(true))
}

function renewed({cookies}: Session, fresh: Session['cookies']): Session {
  return {cookies: new Map([...cookies, ...fresh])}
}

/** `name=value; attributes`: the attributes are for browsers, and an empty value takes a cookie away. */
function cookiesIn(headers: HttpResponse['headers']): Session['cookies'] {
  const lines = [headers['set-cookie'] ?? []].flat()
  const pairs = lines.map(line => /^\s*([^=;\s]+)\s*=\s*([^;\s]+)/.exec(line) ?? [])
  return new Map(pairs.flatMap(([, name, value]) => (name && value ? [[name, new Secret(value)] as const] : [])))
}

function cookieHeader({cookies}: Session): Readonly<Record<string, string>> {
  return {cookie: [...cookies].map(([name, value]) => `${name}=${value.reveal()}`).join('; ')}
}

async function answered<T>(
  {from, http, origin}: Door,
  request: HttpRequest,
  read: (response: HttpResponse) => Observation<T>,
): Promise<Observation<T>> {
  const {prefix, ...at} = origin
  try {
    return read(await http.request(from, at, {...request, path: prefix + request.path, deadlineSeconds: 10}))
  } catch (error) {
    return unknown(messageOf(error))
  }
}
