import {type LoginSeen, whyNoLogin} from '../facts/run-login.ts'
import {type Observation, unknown} from '../model/observation.ts'
import {type About, eachNode, failed, type Outcome, passed, undecided} from './check.ts'
import {inRun} from './in-run.ts'
import {notRunning} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const grafanaLogin = inRun(
  ({trial}) => trial !== undefined,
  perNode({
    id: 'grafana/login',
    title: 'a login works, and every node knows its session',
    severity: 'error',
    hint: 'Compare `secret_key` and the database of the nodes with `gha check --only config --only database`, and read the log of Grafana on the node.',
    unless: notRunning,
    consented: ({cluster, node}) => whyNoLogin(cluster, node) !== undefined,
    fact: ({seen}) => seen.trial?.login ?? unknown('not asked'),
    judge,
  }),
)

function judge(login: LoginSeen, about: About): Outcome {
  const {node} = about
  const {opened, here, own} = login
  if (!here.known) return undecided(`the session opened ${opened}: ${here.reason}`)
  if (!here.value) return failed(`it does not know the session opened ${opened}`)
  const lost = strangers(login.elsewhere, about)
  if (lost) return failed(`the session opened ${opened} ${lost}`)
  if (!own.taken) return failed(own.words)
  const alone = strangers(own.elsewhere, about)
  if (alone) return failed(`the session opened on ${node.name} ${alone}`)
  const others = login.elsewhere.size
  return passed(`works here${others > 0 ? ` and on ${others} more` : ''}, opened ${opened}`)
}

/** A node that does not run now knows no session; that is not for this check to say. */
function strangers(answers: ReadonlyMap<string, Observation<boolean>>, about: About): string | undefined {
  const running = eachNode(about.judged).filter(other => notRunning(other) === undefined)
  for (const {node} of running) {
    const answer = answers.get(node.name)
    if (answer && !answer.known) return `cannot be shown to ${node.name}: ${answer.reason}`
    if (answer?.known && !answer.value) return `is not known on ${node.name}`
  }
  return undefined
}
