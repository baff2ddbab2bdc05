import {setTimeout as sleep} from 'node:timers/promises'
import {hasEvent, type LabCluster, type RunningGha} from '../support/cluster.ts'
import {endState} from './end-state.ts'
import {type Chain, inWords, mayComeTooLate, mayServe, type Struck, wantsProbe} from './moments.ts'
import {endsItsRun, packageManagerWorks, repair, sshOf, strike} from './strike.ts'

/** What a rollout that was struck came to. */
export interface Swept {
  readonly end: Readonly<Record<string, string>>
  /** The raw log's lines of lost requests, but for those that the power of a serving node took along. */
  readonly lost: readonly string[]
  readonly requests: number
  /** The moments at which a strike hit: all of the chain, but for those that gha may be gone by. */
  readonly hits: Chain
  /** Exit codes of the runs that it took, `KILLED` among them. */
  readonly exits: readonly number[]
  /** Programs of gha that it left behind. */
  readonly sshLeft: number
}

/** Rolls another version out, strikes at every moment of the chain, and runs the rollout again until it is through. */
export async function sweep(cluster: LabCluster, chain: Chain): Promise<Swept> {
  cluster.write({
    version: cluster.otherPatch,
    marker: `struck at ${chain.map(inWords).join(', ') || 'no moment'}`,
    ssh: chain.some(({how}) => how === 'ssh') ? {transport: 'openssh'} : {},
    rollout: wantsProbe(chain) ? {probe: {soak: '2s'}} : {},
  })
  const load = cluster.startLoad({from: 'servers', rate: 200})
  await sleep(WARM_UP_MS)
  const campaign: Campaign = {due: [...chain], hits: [], exits: [], cuts: []}
  try {
    await rollOut(cluster, campaign)
  } catch (error) {
    await load.stop()
    throw error
  } finally {
    await repair(cluster)
  }
  const {requests} = await load.stop()
  return {
    end: await endState(cluster),
    lost: cluster.lostRequests().filter(line => !isExcused(line, campaign.cuts)),
    requests,
    hits: campaign.hits,
    exits: campaign.exits,
    sshLeft: sshOf(cluster).length,
  }
}

interface Campaign {
  /** A moment is taken off when a strike has hit there. */
  readonly due: Struck[]
  readonly hits: Struck[]
  /** The runs' exit codes are added. */
  readonly exits: number[]
  /** When the power of a node was cut that served. */
  readonly cuts: number[]
}

/** A run that nobody struck has to end well: that is the promise of running it again. */
async function rollOut(cluster: LabCluster, campaign: Campaign): Promise<void> {
  const {due, hits, exits} = campaign
  while (exits.length < MOST_RUNS) {
    const before = due.length
    const running = cluster.start(WORDS)
    await strikeWhileItRuns(cluster, running, campaign)
    const {exitCode, stderr} = await running.ended
    exits.push(exitCode)
    await repair(cluster)
    const last = due.length < before ? hits.at(-1) : undefined
    if (exitCode === 0 && !(last && mayKeepLock(last))) return endsAfterAllBut(due)
    if (due.length === before) throw new Error(`run again, the rollout ended with ${exitCode}\n${stderr.slice(-4000)}`)
  }
  throw new Error(`not through after ${MOST_RUNS} runs: ${exits.join(', ')}`)
}

/** All was done, but a node did not hear that the lock is given back: the next run does that. */
function mayKeepLock({how, moment}: Struck): boolean {
  return how === 'packets' || (how === 'node' && moment === 'run-ended')
}

async function strikeWhileItRuns(cluster: LabCluster, running: RunningGha, campaign: Campaign): Promise<void> {
  const {due, hits, cuts} = campaign
  for (let next = due[0]; next && (await comes(cluster, running, next)); next = due[0]) {
    const struckAt = Date.now()
    const hit = await strike(cluster, next, running)
    if (!hit) return
    if (next.how === 'node' && (mayServe(next) || isBackIn(running, next))) cuts.push(struckAt)
    due.shift()
    hits.push(next)
    if (endsItsRun(next)) return
  }
}

/** The delay after its moment, or the strike itself, may have led into the next step. */
function isBackIn(running: RunningGha, {node}: Struck): boolean {
  return hasEvent(running.journal(), {node, step: 'undrain', type: 'step-started'})
}

/** What the node had under way, and what was sent before the balancer noticed; then the pages that only its version had. */
function isExcused(line: string, cuts: readonly number[]): boolean {
  const {time} = JSON.parse(line) as {time: string}
  return cuts.some(cut => Date.parse(time) > cut - UNDER_WAY_MS && Date.parse(time) < cut + NOTICED_MS)
}

function endsAfterAllBut(due: readonly Struck[]): void {
  const missed = due.find(each => !mayComeTooLate(each))
  if (missed) throw new Error(`the rollout ended before anything was struck at ${inWords(missed)}`)
}

/** False when gha ends before. */
async function comes(cluster: LabCluster, running: RunningGha, {node, moment, delayMs}: Struck): Promise<boolean> {
  const isThere = () => {
    // It also works while packages are staged: the node still serves then.
    if (moment === 'package manager at work')
      return hasEvent(running.journal(), {node, ...ACTIVATION}) && packageManagerWorks(cluster, node)
    if (moment === 'staged') return hasEvent(running.journal(), {node, type: moment})
    if (typeof moment === 'string') return running.journal().includes(`"type":"${moment}"`)
    return hasEvent(running.journal(), {node, ...moment})
  }
  let over = false
  void running.ended.then(() => {
    over = true
  })
  while (!isThere()) {
    if (over) return false
    await sleep(POLL_MS)
  }
  if (delayMs > 0) await Promise.race([sleep(delayMs), running.ended])
  return true
}

const ACTIVATION = {step: 'activate', type: 'step-started'} as const
const WORDS = ['rollout', '--yes', '--lock-wait', '120']
const MOST_RUNS = 6
const NOTICED_MS = 15_000
/** As long as a user waits for an answer. */
const UNDER_WAY_MS = 5000
const WARM_UP_MS = 1500
const POLL_MS = 2
