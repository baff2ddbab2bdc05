import {rmSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {upLab} from './lab.ts'
import {type LabCluster, openCluster, TAKE_OVER} from './support/cluster.ts'
import {plantFault, removeFault} from './support/node-faults.ts'

const [FROM, TO] = ['12.2.0', '12.4.0']
const everywhere = (value: string) => ({gf1: value, gf2: value, gf3: value})
const WINDOW = ['rollout', '--yes', '--accept-loss', '--to', TO]

describe('a migration that old nodes do not survive', () => {
  let cluster: LabCluster

  // A database that was migrated serves no other test: this lab is its own.
  beforeAll(async () => {
    const name = `migration-${process.pid}`
    await upLab({nodes: 3, name, say: line => process.stderr.write(`${line}\n`)})
    cluster = await openCluster(name)
    cluster.write({version: FROM, rollout: {minHealthyTime: '1s', healthyDeadline: '10s'}})
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
    expect(exitCode, stderr).toBe(0)
  }, 600_000)

  afterAll(async () => {
    await cluster?.lab.down()
    if (cluster) rmSync(cluster.folder, {recursive: true})
  })

  it('gives all back as it was when the one node fails before it migrates', async () => {
    await plantFault(cluster, 'gf1', {fault: 'crash-at-boot', version: TO})
    const {exitCode, stderr} = await cluster.gha(WINDOW)
    expect(exitCode, stderr).toBe(9)
    expect(await cluster.versions()).toEqual(everywhere(FROM))
    expect(await cluster.balancerStates()).toEqual(everywhere('UP'))
    expect(await cluster.leftovers()).toEqual([])
    expect(cluster.version).toBe(FROM)
    await removeFault(cluster, 'gf1')
  })

  it('is waited for beyond every deadline, also by the run after one that was killed, and nobody else runs meanwhile', async () => {
    await plantFault(cluster, 'gf1', {fault: 'long-migration=40', version: TO})
    const first = cluster.start(WINDOW)
    await first.reaches('gf1', 'gate', 'step-started')
    await sleep(3000)
    first.process.kill('SIGKILL')
    await first.ended
    const units = ['gf1', 'gf2', 'gf3'].map(node => cluster.on(node, 'systemctl is-active grafana-server || true'))
    expect((await Promise.all(units)).map(word => word.trim())).toEqual(['active', 'inactive', 'inactive'])
    const {exitCode, stderr} = await cluster.gha(WINDOW)
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(/migrating: \d+ migrations done/)
    expect(await cluster.versions()).toEqual(everywhere(TO))
    expect(await cluster.balancerStates()).toEqual(everywhere('UP'))
    expect(await cluster.leftovers()).toEqual([])
    expect((await cluster.gha(['rollout', '--yes'])).stderr).toContain('nothing to do')
  })
})
