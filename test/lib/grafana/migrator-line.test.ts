import {describe, expect, it} from 'vitest'
import {MIGRATOR_LINE, readMigratorLine} from '../../../src/lib/grafana/migrator-line.ts'

describe('a line of a migrator', () => {
  it.each([
    ['logger=migrator t=2026-11-21T09:00:00Z level=info msg="Locking database"', 'Locking database'],
    [
      'logger=migrator t=2026-11-21T09:00:00Z level=info msg="migrations completed" performed=3 skipped=597 duration=1.5s',
      'migrations completed: performed=3 skipped=597 duration=1.5s',
    ],
    [
      'logger=migrator t=x level=error msg="Exec failed" error="pq: column \\"a\\" exists" sql="ALTER TABLE users"',
      'Exec failed: error=pq: column "a" exists',
    ],
    [
      '{"logger":"secret-migrator","level":"info","msg":"Executing migration","id":"create secret_keeper table"}',
      'Executing migration: id=create secret_keeper table',
    ],
    [
      'logger=storage.unified.migration_runner.folders-dashboards t=x level=info msg="Migration progress" org_id=1 count=200 message="migrating',
      'Migration progress: org_id=1 count=200 message=migrating',
    ],
  ])('%s', (line, words) => {
    expect(line).toMatch(new RegExp(MIGRATOR_LINE))
    expect(readMigratorLine(line)?.words).toBe(words)
  })

  it.each([
    'logger=migrator t=x level=debug msg="Executing sql migration"',
    'logger=migrator t=x level=info',
    '{"logger":"migrator","msg":"cut o',
    '[]',
  ])('says nothing that anybody waits for: %s', line => {
    expect(readMigratorLine(line)).toBeUndefined()
  })

  it.each([
    ['level=info', 'progress'],
    ['level=warn', 'complaint'],
    ['lvl=eror', 'complaint'],
  ])('with %s is %s', (level, as) => {
    expect(readMigratorLine(`logger=migrator ${level} msg="x"`)).toEqual({words: 'x', as})
  })

  it.each([
    ['error', 'Executing migration failed', 'failure'],
    ['error', 'Migration failed', 'failure'],
    ['eror', 'Exec failed', 'complaint'],
    ['error', 'Executing migration condition failed', 'failure'],
    ['error', 'Migration validation failed', 'failure'],
    ['error', 'Failed to lock database', 'complaint'],
    ['info', 'Migration failed', 'progress'],
  ])('at level %s, %s is %s', (level, message, as) => {
    expect(readMigratorLine(`logger=migrator level=${level} msg="${message}"`)?.as).toBe(as)
  })

  it('is no line of another logger', () => {
    for (const logger of ['emigrator', 'migrator.x', 'storage.unified', 'ngalert.migration'])
      expect(`logger=${logger} msg="x"`).not.toMatch(new RegExp(MIGRATOR_LINE))
  })

  it('shows no secret, and no more than anybody reads', () => {
    const words = readMigratorLine(
      `logger=migrator level=error msg="Failed to lock database" error="dial postgres://grafana:hunter2@db/grafana: password=hunter3 ${'x'.repeat(900)}"`,
    )?.words
    expect(words).toMatch(
      /^Failed to lock database: error=dial postgres:\/\/\[secret\]@db\/grafana: password=\[secret\] x+…$/,
    )
    expect(words?.length).toBeLessThan(250)
  })
})
