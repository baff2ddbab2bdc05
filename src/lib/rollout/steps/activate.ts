import type {NodeObservation} from '../../facts/node-observation.ts'
import {observeNode} from '../../facts/observe-node.ts'
import {activateRelease} from '../../host/activate.ts'
import type {Node} from '../../model/node.ts'
import {formatVersion} from '../../model/version.ts'
import {healthOf} from '../health-of.ts'
import {activationOf, type Run, runOn, type Turn, wayBackOf} from '../run.ts'
import {SignsOfLife} from '../signs-of-life.ts'
import type {StepExecutor} from './step.ts'

/** How long the next Grafana waits for this one to answer before it may start: Grafana holds the migration lock until then. */
const ANSWER_SECONDS = 30
const POLL_MILLISECONDS = 100
/** One that does not answer may have ended, and then it holds no lock. */
const POLLS_BEFORE_A_LOOK = 20

export const activate: StepExecutor<'activate'> = {
  describe: () => 'swap package and files, start Grafana on them',
  apply: (turn, {seconds}) =>
    turn.run.starts.pass(async () => {
      const {run, node, plan} = turn
      const {release, seen} = plan
      const guarded = wayBackOf(run, node) !== undefined
      const migrates = run.plan.step.kind !== 'none'
      if (guarded && migrates) run.progress({type: 'dead-man', node: node.name, is: 'waiting'})
      await runOn(run, node, activateRelease(activationOf(run, node), {release, seen, seconds, guarded, migrates}))
      await untilItAnswers(turn)
      return `started ${formatVersion(release.version)}`
    }),
}

/** Whether it answers well, and why not, is for the gate to say. */
async function untilItAnswers({run, node}: Turn): Promise<void> {
  const {clock} = run.ports
  const life = new SignsOfLife()
  const deadline = clock.now() + ANSWER_SECONDS * 1000
  for (let polls = 1; clock.now() < deadline; polls++) {
    if ((await healthOf(run, node)).known) return
    if (polls % POLLS_BEFORE_A_LOOK === 0 && !life.seenIn(await lookAt(run, node))) return
    await clock.sleep(POLL_MILLISECONDS)
  }
}

function lookAt({cluster, ports}: Run, node: Node): Promise<NodeObservation> {
  return observeNode({cluster, node}, ports, {files: [], probes: []})
}
