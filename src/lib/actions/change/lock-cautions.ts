import type {ClusterObservation} from '../../facts/observe.ts'
import {hasStep, nodesOf, type Plan} from '../../plan/plan.ts'

/**
 * What an operator must know of the database before a step that changes its schema, in words: there are databases in which
 * Grafana's migration lock, and gha's second one, hold nobody out.
 */
export function lockCautions({nodes}: ClusterObservation, plan: Plan): readonly string[] {
  const starts = nodesOf(plan).some(each => hasStep(each, 'activate'))
  if (!starts || (plan.step.kind === 'none' && plan.from !== undefined)) return []
  const answers = nodes.flatMap(({database}) =>
    database.known && database.value.outcome === 'answered' ? [database.value] : [],
  )
  const pooled = answers.some(({pooling}) => pooling === 'transaction' || pooling === 'unknown')
  const members = Math.max(0, ...answers.map(({galeraMembers = 0}) => galeraMembers))
  return [
    ...(pooled ? [`a pooler lends the database's sessions out, so ${NO_LOCK}`] : []),
    ...(members > 0
      ? [`the database is a Galera cluster (members: ${members}), and locks are known to one member, so ${NO_LOCK}`]
      : []),
  ]
}

const NO_LOCK =
  "Grafana's migration lock may keep nobody out: gha starts one Grafana after the other; let nothing else start one meanwhile"
