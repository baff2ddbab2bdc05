import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {soak} from '../../../../src/lib/rollout/steps/soak.ts'
import {undrain} from '../../../../src/lib/rollout/steps/undrain.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {aTurn, ObedientBalancer, viewsOf} from '../../../support/a-run.ts'
import {ShamNode} from '../../../support/sham-node.ts'

const A_SOAK = {kind: 'soak', seconds: 0} as const

let sham: ShamNode
beforeEach(() => {
  sham = new ShamNode()
})
afterEach(() => sham.remove())

function turn(states: ConstructorParameters<typeof ObedientBalancer>[0]) {
  const node = aNode({name: 'gf1', balancerName: 'gf1', paths: {...aNode().paths, state: sham.state}})
  return aTurn({
    cluster: aCluster({
      nodes: [node],
      loadBalancer: aHaproxy(),
      grafana: {install: {method: 'tarball', source: {type: 'push', directory: '/nowhere'}}},
    }),
    node,
    balancer: new ObedientBalancer(states),
    hosts: {gf1: sham.host},
  })
}

describe('the way back into the balancer', () => {
  it('is over when the balancer says so', async () => {
    await expect(undrain.apply(turn({gf1: 'out'}), {kind: 'undrain'})).resolves.toBe('serving (lb1: in)')
  })

  it('is not over while one of several balancers sees the server down', async () => {
    const {run, node} = turn({gf1: 'in'})
    const status = async () => [
      ...viewsOf({gf1: 'in'}),
      {balancer: 'lb2', server: 'gf1', state: 'down', words: 'DOWN'} as const,
    ]
    const cluster = {
      ...run.cluster,
      loadBalancer: aHaproxy({hosts: ['lb1', 'lb2'].map(name => ({name, ssh: node.ssh}))}),
    }
    const several = {
      ...turn({}),
      node,
      run: {...run, cluster, balancer: {...run.balancer, undrain: status, status}},
    }
    await expect(undrain.apply(several, {kind: 'undrain'})).rejects.toMatchObject({
      message: expect.stringContaining('balancer/status: lb2: DOWN'),
    })
  })

  /** In on credit for so many looks, then what follows. */
  const onCredit = (looks: number, then: 'in' | 'down') => {
    const {run, ...rest} = turn({gf1: 'in'})
    let left = looks
    const status = async () => {
      const [view] = viewsOf({gf1: left > 0 ? 'in' : then})
      return left-- > 0 ? [{...view!, words: 'UP 1/3', onCredit: true} as const] : [view!]
    }
    return {...rest, run: {...run, balancer: {...run.balancer, undrain: status, status}}}
  }

  it('is not over while the balancer sends there on credit, before its own check has passed', async () => {
    await expect(undrain.apply(onCredit(3, 'in'), {kind: 'undrain'})).resolves.toBe('serving (lb1: in)')
    await expect(undrain.apply(onCredit(3, 'down'), {kind: 'undrain'})).rejects.toMatchObject({
      message: expect.stringContaining('balancer/status: lb1: down'),
    })
  })

  it('is over at once where a soak follows, which ends when the check has passed', async () => {
    const soaked = (looks: number, then: 'in' | 'down') => {
      const turn = onCredit(looks, then)
      return {...turn, plan: {...turn.plan, steps: [...turn.plan.steps, A_SOAK]}}
    }
    const good = soaked(3, 'in')
    await expect(undrain.apply(good, {kind: 'undrain'})).resolves.toBe('serving (lb1: UP 1/3)')
    await expect(soak.apply(good, A_SOAK)).resolves.toBe('nobody watches')
    const bad = soaked(3, 'down')
    await expect(undrain.apply(bad, {kind: 'undrain'})).resolves.toBe('serving (lb1: UP 1/3)')
    await expect(soak.apply(bad, A_SOAK)).rejects.toMatchObject({
      code: 'UNDRAIN_NOT_CONFIRMED',
      step: 'soak',
      message: expect.stringContaining('balancer/status: lb1: down'),
    })
  })

  it('is looked at once more before the soak ends, so that a slow answer makes it no longer', async () => {
    const {run, ...rest} = turn({gf1: 'in'})
    const {clock} = run.ports
    const begun = clock.now()
    const seconds = () => (clock.now() - begun) / 1000
    const asked: number[] = []
    const status = async () => {
      asked.push(seconds())
      await clock.sleep(400)
      return viewsOf({gf1: 'in'})
    }
    const watch = {spent: () => undefined, knowsBefore: () => true} as unknown as NonNullable<typeof run.watch>
    const slow = {...rest, run: {...run, watch, balancer: {...run.balancer, status}}}
    await expect(soak.apply(slow, {kind: 'soak', seconds: 10})).resolves.toBe('users notice nothing')
    expect([asked, seconds()]).toEqual([[9], 10])
  })

  it('is over in the end where the balancer checks so rarely that it has found nothing', async () => {
    await expect(undrain.apply(onCredit(1000, 'down'), {kind: 'undrain'})).resolves.toBe('serving (lb1: UP 1/3)')
  })

  it('is not over while the balancer does not know the server', async () => {
    await expect(undrain.apply(turn({gf2: 'in'}), {kind: 'undrain'})).rejects.toMatchObject({
      code: 'UNDRAIN_NOT_CONFIRMED',
      message: expect.stringContaining('balancer/status: not known to lb1'),
    })
  })
})
