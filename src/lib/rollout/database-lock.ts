import {GhaError} from '../errors/gha-error.ts'
import type {Cluster} from '../model/cluster.ts'
import type {DatabaseSession} from '../ports/database.ts'
import type {Ports} from '../ports/ports.ts'
import {atIntervals} from './at-intervals.ts'

/** The second lock, in Grafana's own database: two controllers that see different nodes still meet there. */
export interface DatabaseLock {
  readonly lost: () => string | undefined
  readonly release: () => Promise<void>
}

export interface DatabaseClaim {
  readonly run: string
  /** How long to wait for another holder, in seconds. */
  readonly waitSeconds: number
  /** True when the operator does not want to wait any more. */
  readonly stopRequested?: () => boolean
}

const PING_MILLISECONDS = 5000
const POLL_MILLISECONDS = 2000

/**
 * Undefined when the database does not answer: gha never needs the database to repair `[database]`, and then only the
 * nodes' lock counts.
 * @throws GhaError `LOCK_HELD`
 */
export async function takeDatabaseLock(
  cluster: Cluster,
  ports: Ports,
  {run, waitSeconds, stopRequested}: DatabaseClaim,
): Promise<DatabaseLock | undefined> {
  const deadline = ports.clock.now() + waitSeconds * 1000
  for (;;) {
    const attempt = await tryLock(cluster, ports, run)
    if (attempt.result === 'silent') return undefined
    if (attempt.result === 'held') return keep(attempt, () => tryLock(cluster, ports, run), ports)
    if (ports.clock.now() >= deadline || stopRequested?.()) throw heldBy(attempt.holder)
    await ports.clock.sleep(Math.min(POLL_MILLISECONDS, waitSeconds * 1000))
  }
}

type Attempt =
  /** `as`: what the server calls this session, to others who ask for the holder. */
  | {readonly result: 'held'; readonly session: DatabaseSession; readonly as: string | undefined}
  | {readonly result: 'refused'; readonly holder: string | undefined}
  | {readonly result: 'silent'}

async function tryLock(cluster: Cluster, ports: Ports, run: string): Promise<Attempt> {
  const session = await openSession(cluster, ports, run)
  if (!session) return {result: 'silent'}
  const name = `gha:${cluster.name}`
  try {
    const held = await session.tryLock(name)
    const holder = await session.lockHolder(name).catch(() => undefined)
    if (held) return {result: 'held', session, as: holder}
    await session.close()
    return {result: 'refused', holder}
  } catch {
    await session.close().catch(() => undefined)
    return {result: 'silent'}
  }
}

async function openSession(cluster: Cluster, ports: Ports, run: string): Promise<DatabaseSession | undefined> {
  const [first] = cluster.nodes
  if (!first) return undefined
  try {
    return await ports.databases.open(cluster.database, await ports.hosts.connect(first.name, first.ssh), `gha ${run}`)
  } catch {
    return undefined
  }
}

/**
 * A session that ends, with a restart of the database or a cut to the node it goes through, loses the lock; it is taken
 * again as soon as the database answers, and until then the nodes' lock counts. Lost is what another run has by then:
 * the server may keep our own dead session for a while, and that is none.
 */
function keep(first: Attempt & {result: 'held'}, again: () => Promise<Attempt>, {clock}: Ports): DatabaseLock {
  let held: (Attempt & {result: 'held'}) | undefined = first
  let [as, lost]: (string | undefined)[] = [first.as, undefined]
  const renew = async () => {
    if (held && (await answers(held.session))) return
    held = undefined
    const attempt = await again()
    if (attempt.result === 'refused' && attempt.holder !== undefined && attempt.holder !== as)
      lost = `the lock in the database has gone to another run: ${attempt.holder}`
    if (attempt.result !== 'held') return
    held = attempt
    as = attempt.as
  }
  const end = atIntervals(clock, {milliseconds: PING_MILLISECONDS, goesOn: () => lost === undefined, act: renew})
  return {
    lost: () => lost,
    async release() {
      await end()
      await held?.session.close().catch(() => undefined)
    },
  }
}

async function answers(session: DatabaseSession): Promise<boolean> {
  try {
    await session.ping()
    return true
  } catch {
    await session.close().catch(() => undefined)
    return false
  }
}

function heldBy(holder: string | undefined): GhaError {
  return new GhaError(`another run holds the lock in the database${holder ? `: ${holder}` : ''}`, {
    code: 'LOCK_HELD',
    exit: 'locked',
    unchanged: 'Nothing was changed.',
    hint: 'Wait for it with `--lock-wait 120`, or look at it with `gha status`; a holder that vanished loses it within a minute.',
  })
}
