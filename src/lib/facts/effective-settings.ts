import type {Admin} from '../model/cluster.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import type {HttpResponse} from '../ports/http.ts'
import {askGrafana, type GrafanaDoor} from './ask-grafana.ts'

/** What a running Grafana goes by: section → key → text. Secrets come masked; the header-less section is `DEFAULT`. */
export type EffectiveSettings = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Grafana locks a login after five wrong passwords, and all nodes count together: the first node that is asked
 * speaks for all, and where it refuses the admin nobody asks again.
 */
export class AdminGate {
  #first: Promise<Observation<unknown>> | undefined

  async pass<T>(ask: () => Promise<Observation<T>>): Promise<Observation<T>> {
    if (!this.#first) {
      const answer = ask()
      this.#first = answer
      return answer
    }
    const first = await this.#first
    return !first.known && first.reason === REFUSED ? first : ask()
  }
}

/** The reason when Grafana does not take the admin's password. */
export const REFUSED = 'Grafana refuses the admin of gha.yaml'

export async function askEffectiveSettings(
  door: GrafanaDoor,
  gate: AdminGate,
): Promise<Observation<EffectiveSettings>> {
  const {admin} = door.cluster.grafana
  if (!admin) return unknown('gha.yaml names no server admin')
  return gate.pass(() =>
    askGrafana(door, {
      path: '/api/admin/settings',
      headers: {authorization: basic(admin)},
      deadlineSeconds: 10,
      read: readEffectiveSettings,
    }),
  )
}

export function readEffectiveSettings({status, body}: HttpResponse): Observation<EffectiveSettings> {
  if (status === 401) return unknown(REFUSED)
  if (status === 403) return unknown('the admin of gha.yaml is no server admin')
  if (status !== 200) return unknown(`/api/admin/settings answers ${status}`)
  try {
    return known(JSON.parse(body) as EffectiveSettings)
  } catch {
    return unknown('/api/admin/settings answers something that is no JSON')
  }
}

function basic({user, password}: Admin): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`
}
