import {describe, expect, it} from 'vitest'
import type {Balancer} from '../../../src/lib/ports/balancer.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {OLD, RolloutWorld} from '../../support/rollout-world.ts'
import {worldHaproxy} from '../../support/world-haproxy.ts'
import {worldNginx} from '../../support/world-nginx.ts'

const BAR = 8
const NAMES = ['gf1', 'gf2', 'gf3']
const on = (version: string) => Object.fromEntries(NAMES.map(name => [name, version]))

/** Looks that wait for a drain or for health are no overhead. */
const tripsOf = ({ran}: RolloutWorld) => ran.filter(script => !script.endsWith(' observe'))

interface Kind {
  readonly name: string
  readonly open: (world: RolloutWorld) => Balancer
  readonly read: string
  readonly tell: string
}

const KINDS: readonly Kind[] = [
  {
    name: 'one HAProxy',
    open: world => worldHaproxy(world),
    read: 'lb1 read the servers of HAProxy',
    tell: 'lb1 set the servers of HAProxy',
  },
  {
    name: 'two HAProxys, told at the same time',
    open: world => worldHaproxy(world, ['lb1', 'lb2']),
    read: 'lb1 read the servers of HAProxy, lb2 read the servers of HAProxy',
    tell: 'lb1 set the servers of HAProxy, lb2 set the servers of HAProxy',
  },
  {
    name: 'nginx',
    open: worldNginx,
    read: 'lb1 read nginx',
    tell: 'lb1 write the upstream of nginx',
  },
]

describe('the turn of a node', () => {
  it.each(KINDS)(
    'takes at most eight round trips, beyond the looks of the gate, with $name',
    async ({open, read, tell}) => {
      const world = new RolloutWorld(on('12.1.0'), {}, {range: {old: '12.1.0', new: '12.1.1'}})
      const plan = await planFor(world)
      world.ran.length = 0
      const outcomes = await execute(world.run(plan, {balancer: open(world)}))
      expect(outcomes.map(({result}) => result)).toEqual(['done', 'done', 'done'])
      const turn = (node: string) => [
        read,
        `${node} arm`,
        tell,
        tell,
        `${node} activate`,
        `${node} disarm`,
        tell,
        `${node} mark as serving`,
      ]
      expect(tripsOf(world)).toEqual(NAMES.flatMap(turn))
      expect(tripsOf(world).length / 3).toBeLessThanOrEqual(BAR)
    },
  )

  it('takes one more where Grafana may migrate, between two looks of the gate', async () => {
    const world = new RolloutWorld(on(OLD))
    const plan = await planFor(world)
    world.ran.length = 0
    await execute(world.run(plan, {balancer: worldHaproxy(world)}))
    const turn = tripsOf(world).filter(script => script.startsWith('gf1'))
    expect(turn.map(script => script.slice(4))).toEqual([
      'arm',
      'activate',
      'let the dead man count',
      'disarm',
      'mark as serving',
    ])
    expect(tripsOf(world).length / 3).toBeLessThanOrEqual(BAR + 1)
  })
})
