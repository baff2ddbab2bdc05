import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {plantFault} from './support/node-faults.ts'
import {everywhere, TO, unmigratedLab, WINDOW} from './support/unmigrated-lab.ts'

describe('a migration that old nodes do not survive', () => {
  const lab = unmigratedLab()

  it('is waited for beyond every deadline, also by the run after one that was killed: all serve the new version, exit 0, and nobody else ran meanwhile', async () => {
    const {cluster} = lab
    await plantFault(cluster, 'gf1', {fault: 'long-migration=70', version: TO})
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
