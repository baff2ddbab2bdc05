import {classifyStep, runsMixed, type VersionStep} from '../grafana/version-steps.ts'
import {given} from '../model/given.ts'
import {compareVersions, type Version} from '../model/version.ts'
import type {Plan} from './plan.ts'
import type {Question} from './question.ts'
import {beginningOf} from './single-writer.ts'

/** The step forward from the oldest version, or the one back from the newest where that asks for more. */
export function versionStepOf(question: Question): Pick<Plan, 'from' | 'step'> {
  const to = question.cluster.grafana.version
  const oldest = beginningOf(question)
  const newest = newestOf(question)
  const forward = classifyStep(oldest ?? to, to)
  const back = newest && compareVersions(to, newest) < 0 ? stepBack(newest, to) : undefined
  const goesBack = back !== undefined && RANKS[back.kind] >= RANKS[forward.kind]
  return {...given({from: goesBack ? newest : oldest}), step: question.step ?? (goesBack ? back : forward)}
}

/** What was let go to migrate, and was not confirmed, counts where the database shows that it began. */
function newestOf({situations}: Question): Version | undefined {
  const versions = situations.flatMap(({running, version, migrating}) =>
    running && version && !migrating ? [version] : [],
  )
  return versions.toSorted(compareVersions).at(-1)
}

/** Where others run older versions already, a node joins them: over what lets both serve side by side, and over no more. */
function stepBack(newest: Version, to: Version): VersionStep {
  const back = classifyStep(newest, to)
  const forward = classifyStep(to, newest)
  return back.kind === 'unsupported' && runsMixed(forward) ? forward : back
}

/** Of the step forward and the one back, the plan is for whichever asks for more. */
const RANKS = {none: 0, additive: 1, 'single-writer': 2, unsupported: 3} as const
