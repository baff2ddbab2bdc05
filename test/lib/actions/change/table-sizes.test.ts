import {describe, expect, it} from 'vitest'
import {lockedTables} from '../../../../src/lib/actions/change/table-sizes.ts'
import {classifyStep} from '../../../../src/lib/grafana/version-steps.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import type {TableSize} from '../../../../src/lib/ports/database.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {FakeDatabases, FakeHost, FakeHosts, unreachable} from '../../../support/fake-ports.ts'

const sizes: readonly TableSize[] = ['a', 'dashboard', 'b', 'c', 'resource', 'd', 'e'].map((name, place) => ({
  name,
  bytes: (place + 1) * 1000,
}))

function ask(from: string, to: string, {gone = [] as readonly string[]} = {}) {
  const databases = Object.assign(new FakeDatabases(), {tables: async () => sizes})
  const names = ['gf1', 'gf2', 'gf3']
  const hosts = new FakeHosts(
    Object.fromEntries(names.map(name => [name, gone.includes(name) ? unreachable(name) : new FakeHost(name)])),
  )
  const [old, fresh] = [versionOf(from), versionOf(to)]
  const plan = {from: old, to: fresh, step: classifyStep(old, fresh)} as Plan
  return lockedTables(aCluster(), {hosts, databases}, plan)
}

describe('the tables that a version step may lock', () => {
  it('are not asked for where it leaves the schema alone', async () => {
    expect(await ask('12.1.0', '12.1.1')).toBeUndefined()
  })

  it('are the largest where nobody knows which', async () => {
    expect(await ask('12.1.0', '12.2.0')).toMatchObject({
      value: {choice: 'largest', tables: ['e', 'd', 'resource', 'c', 'b'].map(name => ({name}))},
    })
  })

  it('are those that are moved where that is known', async () => {
    expect(await ask('12.3.0', '13.0.0')).toMatchObject({
      value: {choice: 'named', tables: [{name: 'resource'}, {name: 'dashboard', bytes: 2000}]},
    })
  })

  it('are asked for through another node, and unknown where two cannot ask', async () => {
    expect(await ask('12.1.0', '12.2.0', {gone: ['gf1']})).toMatchObject({known: true})
    expect(await ask('12.1.0', '12.2.0', {gone: ['gf1', 'gf2']})).toEqual({
      known: false,
      reason: 'no answer from port 22',
    })
  })
})
