import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {launchDouble, type RunningDouble, removeDoubles, startDouble, stopDoubles} from '../../support/double.ts'
import {eventually} from '../../support/eventually.ts'
import {type RedisServer, startRedis} from '../../support/redis.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterEach(stopDoubles)
afterAll(async () => {
  await removeDoubles()
  await redis.stop()
})

const settings = (prefix: string, password = redis.password) => `[unified_alerting]
ha_redis_address = ${redis.host}:${redis.port}
ha_redis_password = ${password}
ha_redis_prefix = ${prefix}
ha_peers = 127.0.0.1:1
`
const metric = async (double: RunningDouble, name: string) =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await double.get('/metrics')).text())?.[1])

describe('alerting over Redis', () => {
  it('counts the nodes of its prefix, each at a position of its own, and misses one that leaves', async () => {
    const one = await startDouble({settings: settings('a-')})
    const two = await startDouble({settings: settings('a-')})
    const stranger = await startDouble({settings: settings('b-')})
    await eventually('two members', 30_000, async () => (await metric(one, 'alertmanager_cluster_members')) === 2)
    const positions = [await metric(one, 'alertmanager_peer_position'), await metric(two, 'alertmanager_peer_position')]
    expect(positions.sort()).toEqual([0, 1])
    expect(await metric(stranger, 'alertmanager_cluster_members')).toBe(1)
    await two.stop()
    await eventually('one member', 30_000, async () => (await metric(one, 'alertmanager_cluster_members')) === 1)
  })

  it('without an answer from Redis starts all the same, at position 0', async () => {
    const double = await startDouble({settings: settings('c-', 'wrong')})
    await eventually('it says so', 30_000, () => double.output().includes('error connecting to redis'))
    expect(await metric(double, 'alertmanager_peer_position')).toBe(0)
  })
})

describe('Live over Redis', () => {
  const live = (password: string) =>
    `[live]\nha_engine = redis\nha_engine_address = ${redis.host}:${redis.port}\nha_engine_password = ${password}\n`

  it('starts where Redis answers and not where it refuses', async () => {
    await startDouble({settings: live(redis.password)})
    const refused = await launchDouble({settings: live('wrong')})
    expect(await refused.exited).toBe(1)
    expect(refused.output()).toMatch(/error setting up Live HA engine: WRONGPASS/)
  })
})
