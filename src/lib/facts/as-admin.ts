import type {Admin} from '../model/cluster.ts'
import {type Observation, unknown} from '../model/observation.ts'
import {askGrafana, type GrafanaDoor, type GrafanaQuestion} from './ask-grafana.ts'

/** Asks as the server admin of gha.yaml; unknown where it names none, or where Grafana refuses it. */
export async function askAsAdmin<T>(
  door: GrafanaDoor,
  gate: AdminGate,
  question: Omit<GrafanaQuestion<T>, 'headers'>,
): Promise<Observation<T>> {
  const {admin} = door.cluster.grafana
  if (!admin) return unknown(NO_ADMIN)
  return gate.pass(() => askGrafana(door, {...question, headers: {authorization: basic(admin)}}))
}

/** The reason when there is nobody to ask as. */
export const NO_ADMIN = 'gha.yaml names no server admin'

/** The reason when Grafana does not take the admin's password. */
export const REFUSED = 'Grafana refuses the admin of gha.yaml'

/**
 * Grafana locks a login after five wrong passwords, and all nodes count together: the first that is asked speaks for
 * all, and once one refuses the admin nobody asks again.
 */
export class AdminGate {
  #first: Promise<Observation<unknown>> | undefined
  #refusal: Observation<never> | undefined

  async pass<T>(ask: () => Promise<Observation<T>>): Promise<Observation<T>> {
    if (this.#first) await this.#first
    if (this.#refusal) return this.#refusal
    const answer = ask()
    this.#first ??= answer
    const seen = await answer
    if (!seen.known && seen.reason === REFUSED) this.#refusal = seen
    return seen
  }
}

function basic({user, password}: Admin): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`
}
