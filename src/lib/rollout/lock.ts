import {GhaError, onNode} from '../errors/gha-error.ts'
import {
  acquireLease,
  type LeaseAnswer,
  LOCK_RENEWAL_SECONDS,
  LOCK_TTL_SECONDS,
  releaseLease,
  renewLease,
} from '../host/lease.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Lease, LockHolder} from '../model/lease.ts'
import type {Node} from '../model/node.ts'
import type {Identity} from '../ports/local.ts'
import type {Ports} from '../ports/ports.ts'
import {atIntervals} from './at-intervals.ts'
import {Mail} from './mail.ts'
import {runId} from './run-id.ts'

/** The right to change the cluster, held on every node and renewed until released. */
export interface Lock {
  readonly lease: Lease
  /** Travels with the lock's own scripts too. */
  readonly mail: Mail
  /** Why it is not ours any more; undefined while it is. Asked before every step. */
  lost(): string | undefined
  /** How long ago a node last said that it is ours still, in milliseconds; a run that slept or was cut off counts it. */
  unheard(): number
  /** Shows now that this run lives, and hears what is asked of it. */
  renew(): Promise<void>
  /** Lost from now on, for a reason that the nodes did not tell. */
  giveUp(why: string): void
  release(): Promise<void>
}

export interface LockRequest {
  /** What for, as the other operator reads it: `gha rollout --to 12.1.1`. */
  readonly reason: string
  /** The highest generation seen on any node. */
  readonly seenGeneration: number
  /** The run that is the newest by its name, of those whose journals the nodes keep. */
  readonly seenRun?: string
  /** How long to wait for another holder, in seconds. */
  readonly waitSeconds: number
  /** True when the operator does not want to wait any more. */
  readonly stopRequested?: () => boolean
}

/** @throws GhaError `LOCK_HELD` (exit 7) with the holder; what a node answers instead, with the lock given back everywhere */
export async function takeLock(cluster: Cluster, ports: Ports, request: LockRequest): Promise<Lock> {
  const started = ports.clock.now()
  let run = runId(started, request.seenRun)
  let generation = request.seenGeneration + 1
  for (;;) {
    const began = ports.clock.now()
    const attempt = await tryEverywhere(cluster, ports, {
      lease: {run, generation},
      holder: {...signature(ports.identity), run, reason: request.reason, since: started},
    })
    const end = endOf(attempt)
    if (end === 'taken') return keepLock(cluster, ports, {lease: {run, generation}, taken: began})
    await giveBack(cluster.nodes, ports, {lease: {run, generation}, mail: new Mail(run)})
    if (end === 'failed') throw attempt.failure
    run = nameAfter(run, attempt.refusals, began)
    generation = Math.max(generation, ...attempt.refusals.map(({answer}) => answer.generation)) + 1
    if (end === 'overtaken') continue
    if (ports.clock.now() - started >= request.waitSeconds * 1000 || request.stopRequested?.())
      throw attempt.failure ?? heldBy(attempt.refusals, ports.clock.now())
    await ports.clock.sleep(Math.min(2000, request.waitSeconds * 1000))
  }
}

/** Of whoever was there since the look, by a clock that may go before this one, this run is the later. */
function nameAfter(run: string, refusals: readonly Refusal[], now: number): string {
  const names = refusals.flatMap(({answer: {holder, lastRun}}) => [holder?.run ?? '', lastRun ?? ''])
  const newest = names.toSorted().at(-1) ?? ''
  return newest > run ? runId(now, newest) : run
}

interface Claim {
  readonly lease: Lease
  readonly holder: LockHolder
}

interface Attempt {
  readonly refusals: readonly Refusal[]
  readonly failure?: unknown
}

/** `overtaken`: another run was there and is over, and a higher generation is all it takes. `held`: time may help. */
function endOf({refusals, failure}: Attempt): 'taken' | 'overtaken' | 'held' | 'failed' {
  // A node that goes back by itself keeps its guard as a run does, for as long as a package takes.
  if (failure !== undefined) return failure instanceof GhaError && failure.code === 'HOST_BUSY' ? 'held' : 'failed'
  if (refusals.length === 0) return 'taken'
  return refusals.every(({answer}) => answer.holder === undefined) ? 'overtaken' : 'held'
}

interface Refusal {
  readonly node: string
  readonly answer: Extract<LeaseAnswer, {granted: false}>
}

function signature({user, hostname, pid, bootId}: Identity) {
  return {owner: user, hostname, pid, bootId}
}

/** Of two that come at the same moment, whoever gets the first node by name gets all, and the other none. */
async function tryEverywhere({nodes}: Cluster, ports: Ports, claim: Claim): Promise<Attempt> {
  const [first, ...others] = nodes.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const attempt = await tryAll(first ? [first] : [], ports, claim)
  return endOf(attempt) === 'taken' ? tryAll(others, ports, claim) : attempt
}

async function tryAll(nodes: readonly Node[], ports: Ports, claim: Claim): Promise<Attempt> {
  const answers = await Promise.allSettled(
    nodes.map(async node => ({node: node.name, answer: await tryNode(node, ports, claim)})),
  )
  const failure = answers.find(answer => answer.status === 'rejected')
  const given = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))
  const refusals = given.filter((entry): entry is Refusal => !entry.answer.granted)
  return {refusals, ...(failure ? {failure: failure.reason} : {})}
}

/** A holder of this very machine whose process is gone is dead: no need to wait for its time to run out. */
async function tryNode(node: Node, ports: Ports, claim: Claim): Promise<LeaseAnswer> {
  try {
    const host = await ports.hosts.connect(node.name, node.ssh)
    const answer = await host.run(acquireLease(node.paths.state, claim))
    if (answer.granted || !answer.holder || !isDead(answer.holder, ports.identity)) return answer
    return await host.run(acquireLease(node.paths.state, {...claim, abandoned: answer.holder.run}))
  } catch (error) {
    throw onNode(error, node.name)
  }
}

function isDead(holder: LockHolder, identity: Identity): boolean {
  const ours = holder.hostname === identity.hostname && holder.bootId === identity.bootId && holder.bootId !== ''
  return ours && !identity.isAlive(holder.pid)
}

/** Nobody may take it: there was a sign of life within its time, and its process is not known to be gone. */
export function mayLive({holder, ageSeconds}: Omit<Held, 'node'>, identity: Identity): boolean {
  return ageSeconds < LOCK_TTL_SECONDS && !(holder && isDead(holder, identity))
}

interface Taken {
  readonly lease: Lease
  /** When it was asked for. */
  readonly taken: number
}

/** Two renewals may be under way: what the slower one finds does not unsay a loss. */
function keepLock(cluster: Cluster, ports: Ports, {lease, taken}: Taken): Lock {
  let [lost, heard]: [string | undefined, number] = [undefined, taken]
  const mail = new Mail(lease.run)
  const renew = async (nodes: readonly Node[]) => {
    if (lost !== undefined) return
    const began = ports.clock.now()
    const kept = () => {
      heard = Math.max(heard, began)
    }
    const found = await renewOn(nodes, ports, {lease, mail, kept})
    lost ??= found
  }
  // Each by itself: while one takes its time to answer, the lock of the others must not grow old.
  const ends = cluster.nodes.map(node =>
    atIntervals(ports.clock, {
      milliseconds: LOCK_RENEWAL_SECONDS * 1000,
      goesOn: () => lost === undefined,
      act: () => renew([node]),
    }),
  )
  return {
    lease,
    mail,
    lost: () => lost,
    unheard: () => ports.clock.now() - heard,
    renew: () => renew(cluster.nodes),
    giveUp(why) {
      lost ??= why
    },
    async release() {
      await Promise.all(ends.map(end => end()))
      await giveBack(cluster.nodes, ports, {lease, mail})
    },
  }
}

interface Kept {
  readonly lease: Lease
  readonly mail: Mail
}

interface Renewing extends Kept {
  /** A node has our lock still: nobody has the lock of all, and for its time nobody gets it. */
  readonly kept: () => void
}

/** A node that cannot be reached keeps our lock; only another holder takes it away. */
async function renewOn(
  nodes: readonly Node[],
  ports: Ports,
  {lease, mail, kept}: Renewing,
): Promise<string | undefined> {
  const lost = await Promise.all(
    nodes.map(async node => {
      try {
        const host = await ports.hosts.connect(node.name, node.ssh)
        if (!(await mail.through(host, node.name, renewLease(node.paths.state, lease)))) return [node.name]
        kept()
      } catch {
        // It says nothing.
      }
      return []
    }),
  )
  const names = lost.flat()
  return names.length > 0 ? `another run took the lock over on ${names.join(', ')}` : undefined
}

/** Whoever cannot be reached keeps it for its time. A connection that was lost in between is opened anew, once. */
async function giveBack(nodes: readonly Node[], ports: Ports, {lease, mail}: Kept): Promise<void> {
  await Promise.allSettled(
    nodes.map(async node => {
      const release = async () =>
        mail.through(await ports.hosts.connect(node.name, node.ssh), node.name, releaseLease(node.paths.state, lease))
      await release().catch(error => (isUnreachable(error) ? undefined : release()))
    }),
  )
}

function isUnreachable(error: unknown): boolean {
  return error instanceof GhaError && error.code === 'HOST_UNREACHABLE'
}

function heldBy(refusals: readonly Refusal[], now: number): GhaError {
  const {node, answer} = refusals.find(refusal => refusal.answer.holder) ?? (refusals[0] as Refusal)
  return lockHeld({node, ...answer}, now)
}

interface Held {
  readonly node: string
  readonly holder?: LockHolder | undefined
  readonly ageSeconds: number
}

export function lockHeld({node, holder, ageSeconds}: Held, now: number): GhaError {
  const minutes = Math.round((now - (holder?.since ?? now)) / 60_000)
  return new GhaError(
    `${holder?.owner}@${holder?.hostname} (process ${holder?.pid}) holds the lock since ${minutes} min for: ${holder?.reason}; last sign of life ${ageSeconds} s ago on ${node}`,
    {
      code: 'LOCK_HELD',
      exit: 'locked',
      unchanged: 'Nothing was changed.',
      hint: `Wait for it with \`--lock-wait 600\`, or look at it with \`gha rollout status\`. A holder that died loses it a minute after its last sign of life.`,
    },
  )
}
