import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {LabCluster} from './support/cluster.ts'
import {isReloadRace} from './support/reload-race.ts'
import {restartUndrained} from './support/restart-undrained.ts'
import {rollOutUnnoticed, usersOf} from './support/roll-out-unnoticed.ts'
import {sharedCluster} from './support/shared-cluster.ts'

const USERS = {balancer: 'nginx'} as const
const MARKER = 'rolled out behind nginx'

describe('a cluster of three nodes behind nginx', () => {
  let cluster: LabCluster

  beforeAll(async () => {
    cluster = await sharedCluster()
    await cluster.stand()
    cluster.write({balancer: 'nginx'})
  }, 300_000)

  afterAll(() => {
    // The next file finds the cluster as it was: a wish stays until another takes its place.
    cluster?.write({balancer: 'haproxy', rollout: {}})
  })

  it('is reached through nginx after one command', async () => {
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes'])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('nginx: /etc/nginx/conf.d/grafana.conf is loaded')
  })

  it('gets another setting while nobody notices', async () => {
    cluster.write({balancer: 'nginx', marker: MARKER, rollout: {minHealthyTime: '1s'}})
    await rollOutUnnoticed(cluster, {users: USERS, isExcused: isReloadRace})
    for (const {name} of cluster.lab.state().nodes)
      expect(await cluster.on(name, 'cat /etc/grafana/grafana.ini')).toContain(MARKER)
    expect(await cluster.leftovers()).toEqual([])
  })

  it('loses requests when nodes restart one after the other without being drained, behind the same nginx', async () => {
    const load = await usersOf(cluster, USERS)
    await restartUndrained(cluster, () => cluster.lostRequests().length > 0)
    const {lost} = await load.stop()
    expect(lost).toBeGreaterThan(0)
  })
})
