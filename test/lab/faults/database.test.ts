import {describe, expect, it} from 'vitest'
import {faultLab} from '../support/fault-lab.ts'
import {fillSessions} from '../support/full-tablespace.ts'
import {holdMigrationLock} from '../support/migration-lock.ts'
import {slowDown} from '../support/slow-server.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'
import {asSuperuser} from '../support/superuser.ts'

describe('the database', () => {
  const lab = faultLab()

  const sql = (statement: string) => asSuperuser(lab.cluster, statement)
  const refused = async (what: RegExp) => {
    const before = await lab.cluster.fingerprint({generations: false})
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(8)
    expect(stderr).toMatch(what)
    expect(stderr).toContain('Nothing was changed.')
    expect(await lab.cluster.fingerprint({generations: false})).toEqual(before)
    await lab.undo()
  }

  it('is restarted during the gate: the gate waits for it, the lock is taken again, the run ends well, exit 0', async () => {
    const running = lab.start()
    await running.reaches('gf1', 'gate', 'step-started')
    lab.undoLater(() => lab.cluster.lab.startServer('postgres'))
    await lab.cluster.lab.stopServer('postgres')
    await lab.undo()
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(0)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
  })

  it('is read-only: refused before anything is touched, exit 8', async () => {
    lab.undoLater(() => sql('ALTER DATABASE grafana RESET default_transaction_read_only'))
    await sql('ALTER DATABASE grafana SET default_transaction_read_only = on')
    await refused(/read-only/)
  })

  it('is slow, works one fifth of the time: the run ends well, exit 0', async () => {
    lab.undoLater(slowDown(lab.cluster))
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(0)
    await lab.undo()
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
  })

  it('has its migration lock held by somebody: refused before anything is touched, exit 8', async () => {
    lab.undoLater(await holdMigrationLock(lab.cluster))
    await refused(/holds the migration lock/)
    await lab.comesThrough()
  })

  it('has its migration lock taken by somebody after the drain: no Grafana starts, gf1 is held out, exit 4, the others serve', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    lab.undoLater(await holdMigrationLock(lab.cluster))
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/gf1 failed at gate: .*somebody holds the migration lock in the database/)
    expect(stderr).toContain('It is held out of the balancer: not healthy within 15 s')
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: ''}))
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })
  it('takes no new row since the drain: nobody can log in on gf1, it goes back, exit 9, all as before', async () => {
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    await fillSessions(lab.cluster, lab.undoLater)
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toMatch(/gf1 failed at gate: .*grafana\/login: no login on gf1: POST \/login answers 500/)
    expect(stderr).toContain('Failed, and everything is as it was before.')
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    await lab.undo()
    await lab.comesThrough()
  })

  it('gives no more connections: refused before anything is touched, exit 8', async () => {
    lab.undoLater(() => sql(CONNECTIONS(-1)))
    await sql(CONNECTIONS(0))
    await refused(/too many connections/)
    await lab.comesThrough()
  })

  it('gives no more connections since the drain: neither version starts, gf1 is held out, exit 4, the others as they were', async () => {
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    lab.undoLater(() => sql(CONNECTIONS(-1)))
    await sql(CONNECTIONS(0))
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/gf1 failed at gate: .*the database does not take its login: too many connections/)
    expect(stderr).toContain('It is held out of the balancer')
    // Those that serve have a connection each, and are short of one more at times.
    await expect.poll(() => standing(lab.cluster), {timeout: 30_000}).toEqual(heldOut(lab.from, {gf1: ''}))
    await lab.undo()
    await lab.comesThrough()
  })
})

const CONNECTIONS = (limit: number) => `ALTER ROLE grafana CONNECTION LIMIT ${limit}`
