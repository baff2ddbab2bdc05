import {describe, expect, test} from 'vitest'
import {versionOf} from '../../../src/lib/model/version.ts'
import {backupFirst} from '../../../src/lib/plan/backup-first.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aSituation} from '../../support/a-situation.ts'

const cluster = aCluster({grafana: {version: versionOf('12.1.0')}})
const node = (version: string | undefined, running = true) =>
  aSituation('gf1', {running, version: version === undefined ? undefined : versionOf(version)})
const taken = (situations: readonly ReturnType<typeof node>[], schemaThere = true) =>
  'backup' in backupFirst(cluster, {situations, schemaThere, idle: false})

describe('a backup is taken', () => {
  test('before a step to another minor version', () => {
    expect(taken([node('12.0.2'), node('12.0.2')])).toBe(true)
    expect(taken([node('11.6.0')])).toBe(true)
  })

  test('where no Grafana is there whose version could be asked', () => {
    expect(taken([node(undefined, false)])).toBe(true)
  })

  test('where the nodes are stopped on an older version', () => {
    expect(taken([node('12.0.2', false), node('12.0.2', false)])).toBe(true)
  })
})

describe('no backup is taken', () => {
  test('on a database without tables', () => {
    expect(taken([node('12.0.2')], false)).toBe(false)
  })

  test('between releases of one minor version', () => {
    expect(taken([node('12.1.3'), node('12.1.3')])).toBe(false)
  })

  test('when a node of the wished minor version has migrated the database already', () => {
    expect(taken([node('12.0.2'), node('12.1.0')])).toBe(false)
  })
})
