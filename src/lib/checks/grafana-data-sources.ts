import {beforeAndNow, nothingBefore} from './before-and-now.ts'
import {failed, passed} from './check.ts'
import {inRun} from './in-run.ts'
import {perNode} from './per-node.ts'

/** Some clusters have thousands, and another database has none of them. */
const MOST_NAMES = 20

export const grafanaDataSources = inRun(
  ({trial}) => trial !== undefined,
  perNode({
    id: 'grafana/data-sources',
    title: 'Grafana lists the data sources it listed before',
    severity: 'error',
    hint: 'Look at the database that the node reaches with `gha check --only database`, and at the provisioned data sources of gha.yaml.',
    unless: nothingBefore,
    consented: ({cluster}) => cluster.grafana.admin === undefined,
    fact: about => beforeAndNow(about, 'dataSources'),
    judge({before, now}, {seen}) {
      const gone = before.filter(({uid}) => !now.some(source => source.uid === uid))
      if (gone.length === 0) return passed(`${now.length} data sources`)
      const names = gone.slice(0, MOST_NAMES).map(({name}) => name)
      const more = gone.length > MOST_NAMES ? ['…'] : []
      const words = `${gone.length} of ${before.length} are gone: ${[...names, ...more].join(', ')}`
      return failed(words, seen.trial?.changesDataSources ? {severity: 'warning'} : {})
    },
  }),
)
