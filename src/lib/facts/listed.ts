import {known, type Observation, unknown} from '../model/observation.ts'
import type {HttpResponse} from '../ports/http.ts'
import {type AdminGate, askAsAdmin, REFUSED} from './as-admin.ts'
import type {GrafanaDoor} from './ask-grafana.ts'

/** What one Grafana lists to the admin: what users would miss. */
export interface Listed {
  readonly dataSources: Observation<readonly DataSource[]>
  readonly plugins: Observation<readonly ListedPlugin[]>
}

export interface DataSource {
  readonly uid: string
  readonly name: string
}

/** One that does not come with Grafana itself. */
export interface ListedPlugin {
  readonly id: string
  readonly version: string
}

export async function askListed(door: GrafanaDoor, gate: AdminGate): Promise<Listed> {
  const [dataSources, plugins] = await Promise.all([
    askAsAdmin(door, gate, {path: '/api/datasources', deadlineSeconds: 10, read: readDataSources}),
    askAsAdmin(door, gate, {path: '/api/plugins?core=0', deadlineSeconds: 10, read: readPlugins}),
  ])
  return {dataSources, plugins}
}

export function readDataSources(response: HttpResponse): Observation<readonly DataSource[]> {
  return readList(response, '/api/datasources', ({uid, id, name}) => [
    {uid: String(uid ?? id ?? ''), name: String(name ?? '')},
  ])
}

export function readPlugins(response: HttpResponse): Observation<readonly ListedPlugin[]> {
  return readList(response, '/api/plugins', ({id, signature, info}) => {
    if (typeof id !== 'string' || signature === 'internal') return []
    const {version} = (info ?? {}) as {readonly version?: unknown}
    return [{id, version: String(version ?? '')}]
  })
}

type Entry = Readonly<Record<string, unknown>>

function readList<T>(
  {status, body}: HttpResponse,
  path: string,
  read: (entry: Entry) => readonly T[],
): Observation<readonly T[]> {
  if (status === 401) return unknown(REFUSED)
  if (status !== 200) return unknown(`${path} answers ${status}`)
  const list = parsed(body)
  return Array.isArray(list)
    ? known(list.flatMap((entry: unknown) => read((entry ?? {}) as Entry)))
    : unknown(`${path} answers something that is no list`)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
