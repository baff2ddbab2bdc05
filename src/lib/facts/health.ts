import {known, type Observation, unknown} from '../model/observation.ts'
import {parsedObject} from '../model/parsed-object.ts'
import {parseVersion, type Version} from '../model/version.ts'
import type {HttpResponse} from '../ports/http.ts'
import {askGrafana, type GrafanaDoor} from './ask-grafana.ts'

/** `/api/health`; Grafana repeats the same answer for five seconds. */
export interface Health {
  readonly status: number
  /** `ok` or `failing`: whether Grafana reaches its database. */
  readonly database: string
  /** Undefined where Grafana hides it from strangers. */
  readonly version?: Version
  readonly milliseconds: number
}

export function askHealth(door: GrafanaDoor): Promise<Observation<Health>> {
  return askGrafana(door, {path: '/api/health', deadlineSeconds: 10, read: readHealth})
}

export function readHealth({status, body, milliseconds}: HttpResponse): Observation<Health> {
  const answer = parsedObject(body)
  if (!answer || typeof answer['database'] !== 'string')
    return unknown(`/api/health answers ${status}, but not as Grafana does`)
  const version = typeof answer['version'] === 'string' ? parseVersion(answer['version']) : undefined
  return known({status, database: answer['database'], milliseconds, ...(version ? {version} : {})})
}
