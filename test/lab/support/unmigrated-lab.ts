import {rmSync} from 'node:fs'
import {afterAll, beforeAll, expect} from 'vitest'
import {upLab} from '../lab.ts'
import {type LabCluster, openCluster, TAKE_OVER} from './cluster.ts'

export const [FROM, TO] = ['12.2.0', '12.4.0']
export const WINDOW = ['rollout', '--yes', '--accept-loss', '--to', TO]
export const everywhere = (value: string) => ({gf1: value, gf2: value, gf3: value})

/** Registers a lab of its own, on a version before a step that migrates: a migrated database serves no other test. */
export function unmigratedLab({from = FROM, healthyDeadline = '10s'} = {}): {readonly cluster: LabCluster} {
  let cluster: LabCluster

  beforeAll(async () => {
    const name = `migration-${process.pid}`
    await upLab({nodes: 3, name, say: line => process.stderr.write(`${line}\n`)})
    cluster = await openCluster(name)
    cluster.write({version: from, rollout: {minHealthyTime: '1s', healthyDeadline}})
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
    expect(exitCode, stderr).toBe(0)
  }, 600_000)

  afterAll(async () => {
    await cluster?.lab.down()
    if (cluster) rmSync(cluster.folder, {recursive: true})
  })

  return {
    get cluster() {
      return cluster
    },
  }
}
