import {readdirSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import type {JournalEvent} from '../../../src/lib/ports/journal.ts'
import type {LabCluster} from '../support/cluster.ts'
import {plantFault, removeFault} from '../support/node-faults.ts'
import {usersOf} from '../support/roll-out-unnoticed.ts'
import {standing, wholeOn} from '../support/standing.ts'
import {asSuperuser} from '../support/superuser.ts'
import {unmigratedLab} from '../support/unmigrated-lab.ts'

const [BEFORE, AFTER] = ['12.1.0', '12.2.0']

describe('a step that only adds to the schema', () => {
  const lab = unmigratedLab({from: BEFORE, healthyDeadline: '15s'})

  const unnoticed = async (words: readonly string[]) => {
    const users = await usersOf(lab.cluster)
    const running = lab.cluster.start(words)
    const ended = await running.ended
    await users.stop()
    expect(lab.cluster.lostRequests()).toEqual([])
    return {...ended, journal: running.journal()}
  }

  it('leaves the second node behind where that fails its gate, after a copy of the database: exit 4, all serve, nobody notices', async () => {
    const {cluster} = lab
    const before = await migrationsIn(cluster)
    await plantFault(cluster, 'gf2', {fault: 'login-broken', version: AFTER})
    const {exitCode, stderr, journal} = await unnoticed(['rollout', '--yes', '--to', AFTER])
    await removeFault(cluster, 'gf2')
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/gf2 failed at gate: .*grafana\/login: no login on gf2: POST \/login answers 500/)
    expect(stderr).toContain('To go on: run `gha rollout` again')
    const {versions} = wholeOn(BEFORE)
    expect(await standing(cluster)).toEqual({...wholeOn(BEFORE), versions: {...versions, gf1: AFTER}})
    expect(await migrationsIn(cluster)).toBeGreaterThan(before)
    const events = eventsOf(journal)
    const copied = events.findIndex(({type, step}) => type === 'step-done' && step === 'backup')
    expect(events[copied]?.detail).toMatch(/ rows of \d+ tables, .* read back /)
    expect(copied).toBeLessThan(events.findIndex(({step}) => step === 'may-it-go'))
    expect(await migrationsInCopy(cluster)).toBe(before)
  })

  it('comes through when run again, without another copy: exit 0, nobody notices', async () => {
    const {exitCode, stderr} = await unnoticed(['rollout', '--yes'])
    expect(exitCode, stderr).toBe(0)
    expect(await standing(lab.cluster)).toEqual(wholeOn(AFTER))
    expect(copiesOf(lab.cluster)).toHaveLength(1)
  })

  it('is gone back from by undo, exit 0, and by no rollout, exit 6: the old nodes serve beside the newer schema, nobody notices', async () => {
    const {cluster} = lab
    const after = await migrationsIn(cluster)
    const refused = await cluster.gha(['rollout', '--yes', '--to', BEFORE])
    expect(refused.exitCode, refused.stderr).toBe(6)
    expect(refused.stderr).toContain('Nothing was changed.')
    const {exitCode, stderr} = await unnoticed(['rollout', 'undo', '--yes'])
    expect(exitCode, stderr).toBe(0)
    expect(await standing(cluster)).toEqual(wholeOn(BEFORE))
    expect(await migrationsIn(cluster)).toBe(after)
    expect(cluster.version).toBe(BEFORE)
  })
})

async function migrationsIn(cluster: LabCluster): Promise<number> {
  return Number(await asSuperuser(cluster, 'SELECT count(*) FROM migration_log'))
}

/** What a restore would bring back, as PostgreSQL's own tool reads it. */
async function migrationsInCopy(cluster: LabCluster): Promise<number> {
  const [id = ''] = copiesOf(cluster)
  const dump = path.join(copiesFolder(cluster), id, 'database.pgdump')
  const words = ['--data-only', '--table=migration_log', '--file=-', dump] as const
  const {exitCode, stdout, stderr} = await cluster.lab.operator(['pg_restore', ...words])
  expect(exitCode, stderr).toBe(0)
  return /^COPY .*\n([\s\S]*?)^\\\.$/m.exec(stdout)?.[1]?.trimEnd().split('\n').length ?? 0
}

function copiesOf(cluster: LabCluster): readonly string[] {
  return readdirSync(copiesFolder(cluster)).filter(name => /^\d/.test(name))
}

function copiesFolder({folder}: LabCluster): string {
  return path.join(folder, '.gha/lab/backups')
}

function eventsOf(journal: string): readonly JournalEvent[] {
  return journal
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as JournalEvent)
}
