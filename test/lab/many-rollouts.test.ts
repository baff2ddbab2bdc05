import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {LabCluster} from './support/cluster.ts'
import {isReloadRace} from './support/reload-race.ts'
import {usersOf} from './support/roll-out-unnoticed.ts'
import {sharedCluster} from './support/shared-cluster.ts'
import {standing, wholeOn} from './support/standing.ts'

const ROLLOUTS = 20
const LIMIT_MS = 3_600_000

describe.each(['haproxy', 'nginx'] as const)('behind %s', balancer => {
  let cluster: LabCluster

  beforeAll(async () => {
    cluster = await sharedCluster()
    await cluster.stand()
    cluster.write({balancer, version: cluster.version, rollout: {minHealthyTime: '0s', probe: {soak: '0s'}}})
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes'])
    expect(exitCode, stderr).toBe(0)
  }, LIMIT_MS)

  afterAll(() => cluster?.write({balancer: 'haproxy', rollout: {}}))

  it(
    `${ROLLOUTS} rollouts in a row to another version end well, and lose no request of the users who are there all the time`,
    async () => {
      const load = await usersOf(cluster, {balancer})
      for (let count = 1; count <= ROLLOUTS; count += 1) {
        const to = cluster.otherPatch
        const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--to', to])
        expect(exitCode, `rollout ${count}\n${stderr}`).toBe(0)
        expect(await standing(cluster)).toMatchObject({versions: wholeOn(to).versions, leftovers: []})
      }
      const {requests, lost} = await load.stop()
      process.stderr.write(`${ROLLOUTS} rollouts behind ${balancer}: ${requests} requests, ${lost} lost\n`)
      const noticed = cluster.lostRequests().filter(line => balancer === 'haproxy' || !isReloadRace(line))
      expect(noticed.slice(0, 20)).toEqual([])
      expect(requests).toBeGreaterThan(ROLLOUTS * 2000)
    },
    LIMIT_MS,
  )
})
