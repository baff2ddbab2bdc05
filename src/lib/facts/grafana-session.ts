import {messageOf} from '../errors/message-of.ts'
import {type Cookies, cookieHeader, cookiesIn, loginRequest} from '../grafana/login.ts'
import type {Admin} from '../model/cluster.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
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
  readonly cookies: Cookies
}

export type LoginAnswer =
  | {readonly taken: true; readonly session: Session}
  /** `refused`: whoever asks again locks the admin out. */
  | {readonly taken: false; readonly refused: boolean; readonly words: string}

export function openSession(door: Door, admin: Admin): Promise<Observation<LoginAnswer>> {
  return answered<LoginAnswer>(door, loginRequest(admin), ({status, headers}) => {
    const cookies = cookiesIn(headers)
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
  const request = {path: '/api/user', headers: {...cookieHeader(session.cookies), accept: 'application/json'}}
  return answered(door, request, ({status, body, headers}) => {
    if (status === 200) return known({recognized: true, session: renewed(session, cookiesIn(headers))})
    if (status === 401) return known({recognized: body.includes(ONLY_OLD), session})
    return unknown(`/api/user answers ${status}`)
  })
}

/** Grafana found the session, and waits for the browser to fetch the next token of it. */
const ONLY_OLD = 'session.token.rotate'

export async function closeSession(door: Door, session: Session): Promise<void> {
  await answered(door, {path: '/logout', headers: cookieHeader(session.cookies)}, () => known(true))
}

function renewed({cookies}: Session, fresh: Cookies): Session {
  return {cookies: new Map([...cookies, ...fresh])}
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
