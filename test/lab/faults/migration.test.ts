import {setTimeout as sleep} from 'node:timers/promises'
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
    expect(stderr).toContain('It is held out of the balancer: going back over this migration is a restore')
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

describe('a migration that old nodes survive', () => {
  const [OLD, NEW] = ['12.1.1', '12.2.0']
  const WORDS = ['rollout', '--yes', '--to', NEW]
  /** Longer than the dead man of these nodes has, from his swap on. */
  const MIGRATES_SECONDS = 180
  const lab = unmigratedLab({from: OLD})

  it('is killed by nobody when gha is gone, and the next run waits for it', async () => {
    const {cluster} = lab
    const main = async () => (await cluster.on('gf1', 'systemctl show --property MainPID grafana-server')).trim()
    await plantFault(cluster, 'gf1', {fault: `long-migration=${MIGRATES_SECONDS}`, version: NEW})
    const first = cluster.start(WORDS)
    await first.reaches('gf1', 'gate', 'step-started')
    const begun = Date.now()
    first.process.kill('SIGKILL')
    await first.ended
    const process = await main()
    await sleep((MIGRATES_SECONDS - 80) * 1000)
    expect(await main()).toBe(process)
    const [, , time] = (await cluster.on('gf1', 'cat /var/lib/gha/*/gf1/armed')).split('\n')
    expect(time).toBe('never')
    expect((Date.now() - begun) / 1000).toBeLessThan(MIGRATES_SECONDS)
    const {exitCode, stderr} = await cluster.gha(WORDS)
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(/migrating: \d+ migrations done/)
    expect(await cluster.versions()).toEqual(everywhere(NEW))
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
