import {beforeAll, describe, expect, it} from 'vitest'
import {type LabCluster, SERVING, TAKE_OVER} from './support/cluster.ts'
import {restartUndrained} from './support/restart-undrained.ts'
import {rollOutUnnoticed, usersOf} from './support/roll-out-unnoticed.ts'
import {sharedCluster} from './support/shared-cluster.ts'

/** As nobody had ever been there, when other tests were first. */
const BARE = `[ -e /var/lib/gha ] || exit 0
apt-get -qq purge -y --allow-change-held-packages grafana >/dev/null && rm -rf /var/lib/gha /var/lib/grafana /etc/grafana`
const MARKER = 'rolled out unnoticed'

describe('a cluster of three nodes behind HAProxy', () => {
  let cluster: LabCluster

  beforeAll(async () => {
    cluster = await sharedCluster()
    for (const {name} of cluster.lab.state().nodes) await cluster.on(name, BARE)
    cluster.write({version: '12.1.0', marker: 'as it began', rollout: {probe: {soak: '1s'}}})
  }, 300_000)

  it('comes up by one command', async () => {
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('Done, and seen to be so on every node.')
    expect(await cluster.balancerStates()).toEqual(SERVING)
    expect(await cluster.versions()).toEqual({gf1: '12.1.0', gf2: '12.1.0', gf3: '12.1.0'})
  })

  it('is left alone by a second apply: no script that changes, no other file, no other process', async () => {
    const before = await cluster.fingerprint()
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes'])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('Everything is as gha.yaml wishes')
    expect(await cluster.fingerprint()).toEqual(before)
    expect(before['gf1']).toMatch(/grafana\.ini \d+ \d+\n[\s\S]*\ngrafana-server \d+ \d+\n$/)
  })

  it('is left alone by apply after a node was rebooted', async () => {
    const before = await cluster.fingerprint({processes: false})
    await cluster.lab.reboot('gf2')
    await cluster.untilServing()
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes'])
    expect(exitCode, stderr).toBe(0)
    expect(await cluster.fingerprint({processes: false})).toEqual(before)
  })

  const unnoticed = async (words: readonly string[]) => {
    const figures = await rollOutUnnoticed(cluster, {words})
    expect(figures.byAnswer).toMatchObject({
      'GET page 200': expect.any(Number),
      'GET asset 200': expect.any(Number),
      'GET api 200': expect.any(Number),
    })
  }

  it('goes to another patch while nobody notices', async () => {
    await unnoticed(['--to', '12.1.1'])
    expect(await cluster.versions()).toEqual({gf1: '12.1.1', gf2: '12.1.1', gf3: '12.1.1'})
    expect(await cluster.leftovers()).toEqual([])
  })

  it('gets another setting while nobody notices', async () => {
    cluster.write({marker: MARKER})
    await unnoticed([])
    for (const node of ['gf1', 'gf2', 'gf3'])
      expect(await cluster.on(node, 'cat /etc/grafana/grafana.ini')).toContain(MARKER)
  })

  it('has nothing left to plan after a rollout', async () => {
    for (const verb of ['rollout', 'apply']) {
      const {exitCode, stdout} = await cluster.gha([verb, '--dry-run', '-o', 'json'])
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({result: 'as-wished', pending: []})
    }
  })

  it('loses requests when nodes restart one after the other without being drained, behind the same balancer', async () => {
    const load = await usersOf(cluster, {rate: 200})
    await restartUndrained(cluster, () => cluster.lostRequests().some(line => !line.includes('"kind":"query"')))
    const {lost} = await load.stop()
    expect(lost).toBeGreaterThan(0)
  })
})
