import {expect, it} from 'vitest'
import {inTurn} from '../../../src/lib/rollout/balancer-in-turn.ts'
import {aNode} from '../../support/a-cluster.ts'
import {ObedientBalancer} from '../../support/a-run.ts'

it('tells a balancer one thing after the other, also after one that failed', async () => {
  const told: string[] = []
  const slow = Object.assign(new ObedientBalancer({}), {
    async drain({name}: {readonly name: string}) {
      told.push(`${name} begins`)
      await new Promise(resolve => setTimeout(resolve, 5))
      told.push(`${name} ends`)
      if (name === 'gf1') throw new Error('not obeyed')
    },
  })
  const balancer = inTurn(slow)
  const both = await Promise.allSettled(['gf1', 'gf2'].map(name => balancer.drain(aNode({name}))))
  expect(both.map(({status}) => status)).toEqual(['rejected', 'fulfilled'])
  expect(told).toEqual(['gf1 begins', 'gf1 ends', 'gf2 begins', 'gf2 ends'])
})
