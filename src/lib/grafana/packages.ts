import type {Grafana} from '../model/cluster.ts'

export function packageName(edition: Grafana['edition']): string {
  return edition === 'enterprise' ? 'grafana-enterprise' : 'grafana'
}
