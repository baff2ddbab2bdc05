import {globSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {underLock} from '../../../src/lib/rollout/balancer-under-lock.ts'
import {aNode} from '../../support/a-cluster.ts'
import {aLock} from '../../support/a-lock.ts'
import {ObedientBalancer} from '../../support/a-run.ts'

const GF1 = aNode({name: 'gf1', balancerName: 'gf1'})
const WORDS = ['drain', 'takeOut', 'undrain'] as const

interface Silence {
  readonly seconds: number
  /** For how long no node was heard of after a renewal. */
  readonly renewed?: number
  readonly taken?: string
}

/** A balancer of a run whose nodes were silent for so long. */
function aBalancer({seconds, renewed = seconds, taken}: Silence) {
  let [unheard, lost]: [number, string | undefined] = [seconds, undefined]
  const told = new ObedientBalancer({gf1: 'in'})
  const renewals: number[] = []
  const lock = aLock({
    lost: () => lost,
    unheard: () => unheard * 1000,
    renew: async () => {
      renewals.push(unheard)
      unheard = renewed
      lost = taken
    },
    giveUp: why => {
      lost ??= why
    },
  })
  return {balancer: underLock(told, lock), told: told.told, renewals, lost: () => lost}
}

describe.each(WORDS)('the word %s to a balancer', word => {
  it('is said without another round trip while the lock is renewed in time', async () => {
    const {balancer, told, renewals} = aBalancer({seconds: 29})
    await balancer[word](GF1)
    expect([told.length, renewals]).toEqual([1, []])
  })

  it('waits for a renewal where the last one is late', async () => {
    const {balancer, told, renewals} = aBalancer({seconds: 30, renewed: 0})
    await balancer[word](GF1)
    expect([told.length, renewals]).toEqual([1, [30]])
  })

  it('is not said where that renewal finds another run', async () => {
    const {balancer, told} = aBalancer({seconds: 600, renewed: 600, taken: 'another run took the lock over on gf1'})
    await expect(balancer[word](GF1)).rejects.toMatchObject({
      code: 'LOCK_LOST',
      node: 'gf1',
      message: 'another run took the lock over on gf1',
    })
    expect(told).toEqual([])
  })

  it('is said while no node answers, but only for as long as the lock is kept', async () => {
    const inTime = aBalancer({seconds: 59})
    await inTime.balancer[word](GF1)
    expect(inTime.told).toHaveLength(1)
    const late = aBalancer({seconds: 60})
    await expect(late.balancer[word](GF1)).rejects.toMatchObject({
      code: 'LOCK_LOST',
      exit: 'locked',
      message: 'no node has answered for 60 s, so another run may have taken the lock over',
    })
    expect(late.told).toEqual([])
    expect(late.lost()).toBe('no node has answered for 60 s, so another run may have taken the lock over')
  })
})

describe('a look at a balancer', () => {
  it('needs no lock', async () => {
    const {balancer, renewals} = aBalancer({seconds: 600})
    await balancer.status()
    await balancer.rehearse([GF1])
    expect(renewals).toEqual([])
  })
})

describe('a run', () => {
  it('gets its balancer under its lock, in every command that has one', () => {
    const lines = globSync('src/lib/actions/**/*.ts').flatMap(file => readFileSync(file, 'utf8').split('\n'))
    const given = lines.filter(line => /balancer: .*ports\.balancer\(/.test(line))
    expect(given).toHaveLength(3)
    for (const line of given) expect(line).toMatch(/underLock\(ports\.balancer\(.*\), lock\)/)
  })
})
