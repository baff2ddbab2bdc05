import type {Grafana} from '../model/cluster.ts'

export function packageName(edition: Grafana['edition']): string {
  return edition === 'enterprise' ? 'grafana-enterprise' : 'grafana'
}

/** A package of Grafana's, and not of the edition that is wished: their names differ, their versions do not. */
export function isOtherEdition(installed: string, {edition}: Pick<Grafana, 'edition'>): boolean {
  return /^grafana(-enterprise)?$/.test(installed) && installed !== packageName(edition)
}
