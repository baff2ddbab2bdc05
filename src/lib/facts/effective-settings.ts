import {known, type Observation, unknown} from '../model/observation.ts'
import type {HttpResponse} from '../ports/http.ts'
import {type AdminGate, askAsAdmin, REFUSED} from './as-admin.ts'
import type {GrafanaDoor} from './ask-grafana.ts'

/** What a running Grafana goes by: section → key → text. Secrets come masked; the header-less section is `DEFAULT`. */
export type EffectiveSettings = Readonly<Record<string, Readonly<Record<string, string>>>>

export async function askEffectiveSettings(
  door: GrafanaDoor,
  gate: AdminGate,
): Promise<Observation<EffectiveSettings>> {
  return askAsAdmin(door, gate, {path: '/api/admin/settings', deadlineSeconds: 10, read: readEffectiveSettings})
}

function readEffectiveSettings({status, body}: HttpResponse): Observation<EffectiveSettings> {
  if (status === 401) return unknown(REFUSED)
  if (status === 403) return unknown('the admin of gha.yaml is no server admin')
  if (status !== 200) return unknown(`/api/admin/settings answers ${status}`)
  try {
    return known(JSON.parse(body) as EffectiveSettings)
  } catch {
    return unknown('/api/admin/settings answers something that is no JSON')
  }
}
