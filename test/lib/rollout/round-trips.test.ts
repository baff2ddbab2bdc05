import {expect, it} from 'vitest'
import {execute} from '../../../src/lib/rollout/execute.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {OLD, RolloutWorld} from '../../support/rollout-world.ts'
import {worldHaproxy} from '../../support/world-haproxy.ts'

const BAR = 8

/** Looks that wait for a drain or for health are no overhead. */
const scriptsOf = ({ran}: RolloutWorld) => ran.filter(script => !script.endsWith(' observe'))

it('takes at most eight round trips for a node, beyond the looks of the gate', async () => {
  const world = new RolloutWorld({gf1: OLD, gf2: OLD, gf3: OLD})
  const plan = await planFor(world)
  world.ran.length = 0
  const outcomes = await execute(world.run(plan, {balancer: worldHaproxy(world)}))
  expect(outcomes.map(({result}) => result)).toEqual(['done', 'done', 'done'])
  const [read, set] = ['lb1 read the servers of HAProxy', 'lb1 set the servers of HAProxy']
  const turn = (node: string) => [
    read,
    `${node} arm`,
    set,
    set,
    `${node} activate`,
    `${node} disarm`,
    set,
    `${node} mark as serving`,
  ]
  expect(scriptsOf(world)).toEqual(['gf1', 'gf2', 'gf3'].flatMap(turn))
  expect(scriptsOf(world).length / 3).toBeLessThanOrEqual(BAR)
})
