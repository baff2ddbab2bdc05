import {describe, expect, it} from 'vitest'
import type {BalancerView} from '../../../../src/lib/ports/balancer.ts'
import type {ProgressEvent} from '../../../../src/lib/rollout/run.ts'
import {drain} from '../../../../src/lib/rollout/steps/drain.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {aTurn, ObedientBalancer, viewsOf} from '../../../support/a-run.ts'

/** Two balancer hosts, half of the requests on each; with every look one less is under way. */
class BusyBalancer extends ObedientBalancer {
  #left: number

  constructor(left: number) {
    super({gf1: 'in'})
    this.#left = left
  }

  override async status(): Promise<readonly BalancerView[]> {
    const views = await super.status()
    const left = this.#left
    this.#left = Math.max(0, left - 1)
    return views.flatMap(view => [
      {...view, current: Math.floor(left / 2)},
      {...view, balancer: 'lb2', current: Math.ceil(left / 2)},
    ])
  }
}

/** A balancer that says yes and goes on. */
class DeafBalancer extends ObedientBalancer {
  override takeOut = () => this.status()
}

function drained(balancer: ObedientBalancer, timeoutSeconds = 30) {
  const node = aNode({name: 'gf1'})
  const turn = aTurn({cluster: aCluster({nodes: [node], loadBalancer: aHaproxy()}), node, balancer})
  const {clock} = turn.run.ports
  const began = clock.now()
  return {
    told: drain.apply(turn, {kind: 'drain', timeoutSeconds}),
    seconds: () => (clock.now() - began) / 1000,
  }
}

describe('draining a node', () => {
  it('takes it out when nothing is under way any more on any balancer host', async () => {
    const balancer = new BusyBalancer(12)
    const {told, seconds} = drained(balancer)
    await expect(told).resolves.toBe('nothing under way')
    expect(balancer.told).toEqual(['gf1 drain', 'gf1 out'])
    expect(seconds()).toBe(6)
  })

  it('cuts what is still under way when the time is up', async () => {
    const balancer = new BusyBalancer(1000)
    const {told, seconds} = drained(balancer, 5)
    await expect(told).resolves.toBe('990 connections were still open after 5 s and cut')
    expect(balancer.told).toEqual(['gf1 drain', 'gf1 out'])
    expect(seconds()).toBe(5)
  })

  it('leaves an idle node in reach until the pages it handed out have loaded', async () => {
    const {told, seconds} = drained(new ObedientBalancer({gf1: 'in'}))
    await told
    expect(seconds()).toBe(3)
  })

  it.each([
    ['has answered', {left: 4, words: 'nothing under way', whole: 5}],
    [
      'was given the same time again',
      {left: 1000, words: '990 connections were still open after 5 s and cut', whole: 8},
    ],
  ])(
    'stops no node that is asked for a page’s assets at the last moment before it %s',
    async (_, {left, words, whole}) => {
      class LateBalancer extends BusyBalancer {
        override async status() {
          if (this.told.includes('gf1 out')) return super.status()
          return viewsOf({gf1: 'drain'}).map(view => ({...view, current: 0}))
        }
      }
      const {told, seconds} = drained(new LateBalancer(left), 5)
      await expect(told).resolves.toBe(words)
      expect(seconds()).toBe(whole)
    },
  )

  it('fails while a balancer still sends requests there', async () => {
    await expect(drained(new DeafBalancer({gf1: 'in'})).told).rejects.toMatchObject({
      code: 'DRAIN_NOT_CONFIRMED',
      message: 'the balancer still sends requests there: lb1 says drain',
    })
  })

  it('waits for a balancer that does not count until it says out, or the time is up', async () => {
    class Uncounted extends ObedientBalancer {
      override status = async () => viewsOf({gf1: this.told.includes('gf1 out') ? 'out' : 'drain'})
    }
    const {told, seconds} = drained(new Uncounted({gf1: 'in'}), 20)
    await expect(told).resolves.toBe('what was still open after 20 s is cut; lb1 does not count it')
    expect(seconds()).toBe(20)
  })

  it('says how many connections it cut', async () => {
    const node = aNode({name: 'gf1'})
    const turn = aTurn({cluster: aCluster({nodes: [node]}), node, balancer: new BusyBalancer(100)})
    const events: ProgressEvent[] = []
    const run = {...turn.run, progress: (event: ProgressEvent) => void events.push(event)}
    await drain.apply({...turn, run}, {kind: 'drain', timeoutSeconds: 5})
    expect(events).toEqual([{type: 'connections-cut', node: 'gf1', count: 90}])
  })
})
