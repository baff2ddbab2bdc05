import {describe, expect, it} from 'vitest'
import type {Node} from '../../../src/lib/model/node.ts'
import {mayItGo} from '../../../src/lib/rollout/may-it-go.ts'
import type {Turn} from '../../../src/lib/rollout/run.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aTurn, ObedientBalancer} from '../../support/a-run.ts'

const NODES = ['gf1', 'gf2', 'gf3'].map(name => aNode({name, balancerName: name}))
const turn = (states: ConstructorParameters<typeof ObedientBalancer>[0], nodes = NODES) =>
  aTurn({cluster: aCluster({nodes}), balancer: new ObedientBalancer(states)})

/** gf1's turn in a wave with these. */
function inWave(wave: readonly string[], states: Parameters<typeof turn>[0], nodes: readonly Node[] = NODES): Turn {
  const {run, ...rest} = turn(states, [...nodes])
  const plans = wave.map(name => ({...rest.plan, node: name}))
  return {...rest, run: {...run, plan: {...run.plan, waves: [plans]}}}
}

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

  it('lets it go while others of its own wave are away', async () => {
    await expect(mayItGo(inWave(['gf1', 'gf2'], {gf1: 'in', gf2: 'drain', gf3: 'in'}))).resolves.toBe('1 others serve')
    await expect(mayItGo(inWave(['gf1', 'gf3'], {gf1: 'in', gf2: 'drain', gf3: 'in'}))).rejects.toMatchObject({
      message: 'it may not go: gf2 does not serve (lb1: drain)',
    })
  })

  it('keeps the last node of a zone, whatever the plan says', async () => {
    const zoned = NODES.map((node, place) => ({...node, zone: place < 2 ? 'a' : 'b'}))
    await expect(mayItGo(inWave(['gf1', 'gf2'], {gf1: 'in', gf2: 'out', gf3: 'in'}, zoned))).rejects.toMatchObject({
      message: 'it may not go: it is the last of zone a that serves',
    })
  })

  it('lets the only node of a zone go while the others serve', async () => {
    const zoned = NODES.map(node => ({...node, zone: node.name}))
    await expect(mayItGo(turn({gf1: 'in', gf2: 'in', gf3: 'in'}, zoned))).resolves.toBe('2 others serve')
  })

  it('lets a node go on that an earlier run has drained, as long as anybody serves', async () => {
    await expect(mayItGo(turn({gf1: 'drain', gf2: 'drain', gf3: 'in'}))).resolves.toBe(
      'it gets no new requests already',
    )
    await expect(mayItGo(turn({gf1: 'drain', gf2: 'drain', gf3: 'down'}))).rejects.toThrow()
  })

  it('lets the only node go: its loss was accepted before', async () => {
    await expect(mayItGo(turn({gf1: 'in'}, NODES.slice(0, 1)))).resolves.toBe('it is the only node')
  })
})
