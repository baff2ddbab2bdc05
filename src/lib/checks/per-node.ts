import {REFUSED} from '../facts/as-admin.ts'
import type {Observation} from '../model/observation.ts'
import {type About, type Check, eachNode, type Outcome, skipped, undecided} from './check.ts'

export interface NodeRule<T> extends Omit<Check, 'judge'> {
  /** Why the check makes no sense on this node, if it does not. */
  readonly unless?: (about: About) => string | undefined
  /** True where it was clear before that nobody can look: then not to know is no more than a warning. */
  readonly consented?: (about: About) => boolean
  readonly fact: (about: About) => Observation<T>
  readonly judge: (fact: T, about: About) => Outcome
}

/** A check that looks at one fact of one node at a time; what is unknown stays unknown. */
export function perNode<T>({unless, consented, fact, judge, ...check}: NodeRule<T>): Check {
  const outcome = (about: About): Outcome => {
    const reason = unless?.(about)
    if (reason !== undefined) return skipped(reason)
    const observation = fact(about)
    if (observation.known) return judge(observation.value, about)
    const weight = consented?.(about) ? ({severity: 'warning'} as const) : {}
    return undecided(observation.reason, {...causeOf(observation, about), ...weight})
  }
  return {...check, judge: judged => eachNode(judged).map(about => ({node: about.node.name, ...outcome(about)}))}
}

const REFUSED_HINT = 'Correct `grafana.admin` in gha.yaml, then run `gha check --only grafana` again.'

function causeOf({reason}: {readonly reason: string}, {seen}: About): Pick<Outcome, 'cause' | 'hint'> {
  if (reason === REFUSED) return {cause: 'authentication', hint: REFUSED_HINT}
  const shutOut = seen.access.status !== 'reached' && seen.access.failure.exit === 'authentication'
  return shutOut ? {cause: 'authentication'} : {}
}
