import {describe, expect, it} from 'vitest'
import {faultLab} from '../support/fault-lab.ts'
import {holdMigrationLock} from '../support/migration-lock.ts'
import {slowDown} from '../support/slow-server.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

describe('the database', () => {
  const lab = faultLab()

  const sql = async (statement: string) => {
    const {postgres} = lab.cluster.lab.state()
    const {host, database, superuser} = postgres
    const {exitCode, stderr} = await lab.cluster.lab.inNetworkOf(
      'servers',
      ['psql', '-qX', '-h', host, '-U', superuser.user, database, '-c', statement],
      // What a test makes read-only has to be made writable again.
      {env: {PGPASSWORD: superuser.password, PGOPTIONS: '-c default_transaction_read_only=off'}},
    )
    expect(exitCode, stderr).toBe(0)
  }
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
    expect(stderr).toContain('It is held out of the balancer')
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: ''}))
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })
})
