import {GhaError} from '../errors/gha-error.ts'
import type {Cluster} from '../model/cluster.ts'
import type {DatabaseSession} from '../ports/database.ts'
import type {Ports} from '../ports/ports.ts'

/** The second lock, in Grafana's own database: two controllers that see different nodes still meet there. */
export interface DatabaseLock {
  readonly lost: () => string | undefined
  readonly release: () => Promise<void>
}

const PING_MILLISECONDS = 5000

/**
 * Undefined when the database does not answer: gha never needs the database to repair `[database]`, and then only the
 * nodes' lock counts.
 * @throws GhaError `LOCK_HELD`
 */
export async function takeDatabaseLock(cluster: Cluster, ports: Ports, run: string): Promise<DatabaseLock | undefined> {
  const session = await openSession(cluster, ports, run)
  if (!session) return undefined
  const name = `gha:${cluster.name}`
  if (await session.tryLock(name)) return keepSession(session, ports)
  const holder = await session.lockHolder(name).catch(() => undefined)
  await session.close()
  throw new GhaError(`another run holds the lock in the database${holder ? `: ${holder}` : ''}`, {
    code: 'LOCK_HELD',
    exit: 'locked',
    unchanged: 'Nothing was changed.',
    hint: 'Look at it with `gha status`; a holder that vanished loses it within a minute.',
  })
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

function keepSession(session: DatabaseSession, ports: Ports): DatabaseLock {
  let lost: string | undefined
  const over = new AbortController()
  const pinging = (async () => {
    while (!over.signal.aborted && lost === undefined) {
      await ports.clock.sleep(PING_MILLISECONDS, over.signal).catch(() => undefined)
      if (over.signal.aborted) return
      await session.ping().catch(() => {
        lost = 'the session that holds the lock in the database is gone'
      })
    }
  })()
  return {
    lost: () => lost,
    async release() {
      over.abort()
      await pinging
      await session.close().catch(() => undefined)
    },
  }
}
