import {describe, expect, it} from 'vitest'
import type {LabCluster} from '../support/cluster.ts'
import {plantFault, removeFault} from '../support/node-faults.ts'
import {everywhere, FROM, TO, unmigratedLab, WINDOW} from '../support/unmigrated-lab.ts'

describe('a migration that old nodes do not survive', () => {
  const lab = unmigratedLab()

  it('gives all back as it was when the one node fails before it migrates, exit 9', async () => {
    const {cluster} = lab
    await plantFault(cluster, 'gf1', {fault: 'crash-at-boot', version: TO})
    const {exitCode, stderr} = await cluster.gha(WINDOW)
    expect(exitCode, stderr).toBe(9)
    expect(await cluster.versions()).toEqual(everywhere(FROM))
    expect(await cluster.balancerStates()).toEqual(everywhere('UP'))
    expect(await cluster.leftovers()).toEqual([])
    expect(cluster.version).toBe(FROM)
  })

  it('fails on the one node: it is held out, exit 4, the others stay stopped and nothing goes back, and all come through when it is mended', async () => {
    const {cluster} = lab
    await plantFault(cluster, 'gf1', {fault: 'failed-migration', version: TO})
    const {exitCode, stderr} = await cluster.gha(WINDOW)
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toContain('log of gf1: Executing migration failed: id=rename table annotation_tmp error=')
    expect(stderr).toContain('It is held out of the balancer: the migration has begun')
    expect(await packages(cluster)).toEqual({gf1: TO, gf2: FROM, gf3: FROM})
    expect(await cluster.balancerStates()).toEqual(everywhere('MAINT'))
    expect((await cluster.leftovers()).toSorted()).toEqual(['gf1 out', 'gf2 out', 'gf3 out'])
    await removeFault(cluster, 'gf1')
    // The two that return start one after the other, and the mesh of the first is whole only with the second.
    cluster.write({rollout: {minHealthyTime: '1s', healthyDeadline: '60s'}})
    const second = await cluster.gha(WINDOW)
    expect(second.exitCode, second.stderr).toBe(0)
    expect(await cluster.versions()).toEqual(everywhere(TO))
    expect(await cluster.balancerStates()).toEqual(everywhere('UP'))
    expect(await cluster.leftovers()).toEqual([])
  })
})

/** What is installed, whether it runs or not. */
async function packages(cluster: LabCluster): Promise<Readonly<Record<string, string>>> {
  const looks = Object.keys(everywhere('')).map(
    async node => [node, (await cluster.on(node, 'cat /usr/share/grafana/VERSION')).trim()] as const,
  )
  return Object.fromEntries(await Promise.all(looks))
}
