import {beforeEach, describe, expect, it} from 'vitest'
import type {Node} from '../../../src/lib/model/node.ts'
import {KeptOut} from '../../../src/lib/rollout/balancer-kept-out.ts'
import {aNode} from '../../support/a-cluster.ts'
import {ObedientBalancer} from '../../support/a-run.ts'
import {ManualClock} from '../../support/manual-clock.ts'

const [GF1, GF2] = ['gf1', 'gf2'].map(name => aNode({name, balancerName: name})) as [Node, Node]
const LOOK_MILLISECONDS = 3000

describe('a balancer that somebody reloads while a node is out', () => {
  let clock: ManualClock
  let haproxy: ObedientBalancer
  let notes: string[]
  let kept: KeptOut
  beforeEach(() => {
    clock = new ManualClock()
    haproxy = new ObedientBalancer({gf1: 'in', gf2: 'in'})
    notes = []
    kept = new KeptOut(haproxy, {clock, note: text => notes.push(text)})
  })
  /** What it was told since. */
  const toldAfter = async (act: () => Promise<unknown>) => {
    const before = haproxy.told.length
    await act()
    return haproxy.told.slice(before)
  }
  const passTime = () => clock.pass(LOOK_MILLISECONDS)
  /** As another operator's word, or a new process. */
  const forget = (...nodes: readonly Node[]) => Promise.all(nodes.map(node => haproxy.undrain(node)))

  it('is told again, and that is said once', async () => {
    await kept.takeOut(GF1)
    await forget(GF1)
    expect(await toldAfter(passTime)).toEqual(['gf1 out'])
    expect(await toldAfter(passTime)).toEqual([])
    expect(notes).toEqual([
      'gf1: the balancer had forgotten that it is out, as after a reload (lb1 said in); it is out again',
    ])
  })

  it('is told again of every node that is out, and of no other', async () => {
    await kept.takeOut(GF1)
    await kept.takeOut(GF2)
    await kept.undrain(GF1)
    await forget(GF1, GF2)
    expect(await toldAfter(passTime)).toEqual(['gf2 out'])
  })

  it('is not told again of a node that was brought in while it was asked', async () => {
    await kept.takeOut(GF1)
    const {status} = haproxy
    haproxy.status = async () => {
      haproxy.status = status
      await kept.undrain(GF1)
      return haproxy.status()
    }
    expect(await toldAfter(passTime)).toEqual(['gf1 in'])
    expect(notes).toEqual([])
  })

  it('is not told again by what it said before it was told', async () => {
    await kept.takeOut(GF1)
    const {status} = haproxy
    haproxy.status = async () => {
      haproxy.status = status
      const stale = await haproxy.status()
      await kept.takeOut(GF2)
      return stale
    }
    expect(await toldAfter(passTime)).toEqual(['gf2 out'])
    expect(notes).toEqual([])
  })

  it('is asked again after it did not answer', async () => {
    await kept.takeOut(GF1)
    await forget(GF1)
    const {status} = haproxy
    haproxy.status = () => Promise.reject(new Error('no answer'))
    expect(await toldAfter(passTime)).toEqual([])
    haproxy.status = status
    expect(await toldAfter(passTime)).toEqual(['gf1 out'])
  })

  it('is not asked before a node is out, nor after the end', async () => {
    let asked = 0
    const {status} = haproxy
    haproxy.status = () => {
      asked += 1
      return status.call(haproxy)
    }
    await passTime()
    await kept.takeOut(GF1)
    const before = asked
    const ended = kept.end()
    await passTime()
    await ended
    expect([before, asked]).toEqual([1, 1])
  })
})
