import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {type LabCluster, type RunningLoad, SERVING} from './support/cluster.ts'
import {plantFault, removeFault} from './support/node-faults.ts'
import {clusterUnderLoad} from './support/under-load.ts'

const DEAD_MAN_LIMIT_MS = 120_000

describe('a node that does not become healthy', () => {
  let cluster: LabCluster
  let load: RunningLoad | undefined
  let [from, to] = ['', '']

  const rolloutTo = (version: string) => cluster.gha(['rollout', '--yes', '--to', version])

  beforeAll(async () => {
    ;({cluster, load, from, to} = await clusterUnderLoad({rollout: {minHealthyTime: '5s', healthyDeadline: '10s'}}))
  }, 600_000)

  afterAll(async () => {
    await load?.stop()
    await cluster?.lab.healBetween('operator', 'gf3')
  })

  afterEach(async () => {
    for (const {name} of cluster.lab.state().nodes) await removeFault(cluster, name)
  })

  it('leaves a mixed cluster when it is not the first, all of it serving', async () => {
    await plantFault(cluster, 'gf2', {fault: 'never-in-mesh', version: to})
    const {exitCode, stderr} = await rolloutTo(to)
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toContain('gf2 failed at gate: not healthy within 10 s')
    expect(stderr).toContain('To go on: run `gha rollout` again')
    expect(await cluster.versions()).toEqual({gf1: to, gf2: from, gf3: from})
    expect(cluster.version).toBe(to)
    expect(await cluster.balancerStates()).toEqual(SERVING)
    expect(await cluster.leftovers()).toEqual([])
  })

  it('goes back by itself when gha and the network are gone, and stays out of the balancer', async () => {
    await plantFault(cluster, 'gf3', {fault: 'crash-at-boot', version: to})
    const running = cluster.start(['rollout', '--yes'])
    await running.reaches('gf3', 'activate', 'step-done')
    await cluster.lab.cutBetween('operator', 'gf3')
    running.process.kill('SIGKILL')
    const wait = `for i in $(seq ${DEAD_MAN_LIMIT_MS / 1000}); do [ -e ${STATE}/reverted ] && exit 0; sleep 1; done; exit 1`
    await cluster.lab.onNode('gf3', ['sh', '-c', wait], {timeoutMs: DEAD_MAN_LIMIT_MS})
    await cluster.lab.healBetween('operator', 'gf3')
    await sleep(3000)
    expect(await cluster.versions()).toEqual({gf1: to, gf2: to, gf3: from})
    expect(await cluster.balancerStates()).toEqual({...SERVING, gf3: 'MAINT'})
    const status = await cluster.gha(['status'])
    expect(status.stdout).toMatch(/^gf3 +out .*held out by run .*the dead man put the old release back/m)
  })

  it('comes back when gha is run again', async () => {
    const {exitCode, stderr} = await cluster.gha(['rollout', '--yes'])
    expect(exitCode, stderr).toBe(0)
    expect(await cluster.versions()).toEqual({gf1: to, gf2: to, gf3: to})
    expect(await cluster.balancerStates()).toEqual(SERVING)
    expect(await cluster.leftovers()).toEqual([])
  })

  it('was noticed by nobody', async () => {
    const figures = await load?.stop()
    load = undefined
    expect(cluster.lostRequests()).toEqual([])
    expect(figures).toMatchObject({lost: 0})
  })
})

const STATE = '/var/lib/gha/lab/gf3'
