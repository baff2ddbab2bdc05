import {describe, expect, it} from 'vitest'
import {mayItGo} from '../../../src/lib/rollout/may-it-go.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aTurn, ObedientBalancer} from '../../support/a-run.ts'

const NODES = ['gf1', 'gf2', 'gf3'].map(name => aNode({name, balancerName: name}))
const turn = (states: ConstructorParameters<typeof ObedientBalancer>[0], nodes = NODES) =>
  aTurn({cluster: aCluster({nodes}), balancer: new ObedientBalancer(states)})

describe('whether a node may go', () => {
  it('lets it go while all others serve', async () => {
    await expect(mayItGo(turn({gf1: 'in', gf2: 'in', gf3: 'in'}))).resolves.toBe('2 others serve')
  })

  it.each([
    ['is drained', {gf1: 'in', gf2: 'drain', gf3: 'in'}, 'gf2'],
    ['is down', {gf1: 'in', gf2: 'in', gf3: 'down'}, 'gf3'],
    ['is unknown to the balancer', {gf1: 'in', gf2: 'in'}, 'gf3'],
  ] as const)('keeps it while another one %s', async (_how, states, culprit) => {
    await expect(mayItGo(turn(states))).rejects.toMatchObject({
      code: 'NOT_SAFE_TO_DRAIN',
      message: expect.stringContaining(culprit),
    })
  })

  it('lets the only node go: its loss was accepted before', async () => {
    await expect(mayItGo(turn({gf1: 'in'}, NODES.slice(0, 1)))).resolves.toBe('it is the only node')
  })
})
