import {describe, expect, it} from 'vitest'
import {refuseLivingSkipped, refuseUndrainable} from '../../../../src/lib/actions/change/refuse-balancer.ts'
import type {Planned} from '../../../../src/lib/actions/change/refuse-silent.ts'
import {GhaError} from '../../../../src/lib/errors/gha-error.ts'
import type {ClusterObservation} from '../../../../src/lib/facts/observe.ts'
import type {LoadBalancer} from '../../../../src/lib/model/load-balancer.ts'
import {known, unknown} from '../../../../src/lib/model/observation.ts'
import type {Plan, Step} from '../../../../src/lib/plan/plan.ts'
import type {Balancer} from '../../../../src/lib/ports/balancer.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster, anSshTarget} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {ObedientBalancer, viewsOf} from '../../../support/a-run.ts'
import {aNodeObservation} from '../../../support/an-observation.ts'
import {ManualClock} from '../../../support/manual-clock.ts'

const cluster = aCluster({loadBalancer: aHaproxy()})
const drains: readonly Step[] = [{kind: 'drain', timeoutSeconds: 30}]
const starts: readonly Step[] = [{kind: 'activate', seconds: 30}]

class Rehearsing extends ObedientBalancer {
  readonly rehearsed: string[] = []
  override rehearse: Balancer['rehearse'] = async nodes => {
    this.rehearsed.push(...nodes.map(({name}) => name))
  }
}

const portsOf = (balancer: Balancer, clock = new ManualClock()) =>
  ({balancer: () => balancer, clock}) as unknown as Ports
const wave = (node: string, steps: readonly Step[]) => [{node, steps}]

function refuse(wish: {
  readonly verb?: Plan['verb']
  readonly waves: readonly unknown[]
  readonly views: Parameters<typeof viewsOf>[0]
  readonly balancerFiles?: readonly unknown[]
  readonly stopped?: readonly string[]
  readonly claim?: Planned['claim']
  readonly clock?: ManualClock
}) {
  const {verb = 'rollout', waves, views, balancerFiles = [], stopped = [], claim, clock} = wish
  const balancer = new Rehearsing(views)
  const plan = {verb, waves, balancerFiles} as unknown as Plan
  const nodes = cluster.nodes.map(({name}) => {
    const seen = aNodeObservation()
    if (!stopped.includes(name)) return {...seen, node: name}
    return {...seen, node: name, service: known({words: 'inactive', enabled: true}), health: unknown('nothing listens')}
  })
  const observation = {at: 0, nodes, balancer: known(viewsOf(views))} as unknown as ClusterObservation
  return {balancer, done: refuseUndrainable(cluster, portsOf(balancer, clock), {plan, observation, claim})}
}

describe('a rollout that is about to drain', () => {
  const all = ['gf1', 'gf2', 'gf3'].map(name => wave(name, drains))

  it('rehearses it with the balancer before the first node goes', async () => {
    const {balancer, done} = refuse({waves: all, views: {gf1: 'in', gf2: 'in', gf3: 'in'}})
    await done
    expect(balancer.rehearsed).toEqual(['gf1', 'gf2', 'gf3'])
  })

  it('is refused while a node that it does not bring up is down', async () => {
    const waves = [wave('gf1', drains), wave('gf2', drains)]
    const {done} = refuse({waves, views: {gf1: 'in', gf2: 'in', gf3: 'down'}})
    await expect(done).rejects.toMatchObject({
      code: 'NOT_SAFE_TO_DRAIN',
      node: 'gf3',
      message: 'no node may go: gf3 does not serve (lb1: down)',
    })
  })

  it('is refused while a node that goes later is down', async () => {
    const {done} = refuse({waves: all, views: {gf1: 'in', gf2: 'in', gf3: 'down'}})
    await expect(done).rejects.toMatchObject({code: 'NOT_SAFE_TO_DRAIN'})
  })

  describe('while a healthy node is down to the balancer', () => {
    const risingIn = (seconds: number, wish: {readonly stopped?: readonly string[]; readonly stops?: boolean} = {}) => {
      const clock = new ManualClock()
      const said: unknown[] = []
      const claim = {progress: (event: unknown) => said.push(event), stopRequested: () => wish.stops ?? false}
      const {balancer, done} = refuse({waves: all, views: {gf1: 'in', gf2: 'down', gf3: 'in'}, claim, clock, ...wish})
      const started = clock.now()
      const node = cluster.nodes.find(({name}) => name === 'gf2')
      void clock.sleep(seconds * 1000).then(() => node && balancer.undrain(node))
      const ended = done.then(
        () => 'goes on' as const,
        (error: GhaError) => error.code,
      )
      return {clock, balancer, said, ended: ended.then(end => ({end, seconds: (clock.now() - started) / 1000}))}
    }

    it('waits until it is counted up, and says so', async () => {
      const {clock, said, ended} = risingIn(6.5)
      await clock.pass(40_000)
      expect(await ended).toMatchObject({end: 'goes on'})
      expect(said).toEqual([
        {
          type: 'note',
          text: 'Grafana answers well on gf2, and the balancer does not count it up yet: waiting up to 30 s',
        },
      ])
    })

    it('is refused when that takes too long, not when it is told to stop', async () => {
      const late = risingIn(100)
      await late.clock.pass(60_000)
      expect(await late.ended).toMatchObject({end: 'NOT_SAFE_TO_DRAIN'})
      const stopped = risingIn(3, {stops: true})
      await stopped.clock.pass(60_000)
      expect(await stopped.ended).toMatchObject({end: 'goes on'})
    })

    it('is refused at once when somebody takes that node out meanwhile', async () => {
      const {clock, balancer, ended} = risingIn(100)
      await clock.pass(2500)
      const gf2 = cluster.nodes.find(({name}) => name === 'gf2')
      if (gf2) await balancer.takeOut(gf2)
      await clock.pass(1500)
      expect(await ended).toEqual({end: 'NOT_SAFE_TO_DRAIN', seconds: 3})
    })

    it('does not wait for one whose Grafana does not answer', async () => {
      const {said, ended} = risingIn(2, {stopped: ['gf2']})
      expect(await ended).toEqual({end: 'NOT_SAFE_TO_DRAIN', seconds: 0})
      expect(said).toEqual([])
    })
  })

  it('goes on where the plan brings the silent node up first', async () => {
    const waves = [wave('gf3', starts), wave('gf1', drains), wave('gf2', drains)]
    await refuse({waves, views: {gf1: 'in', gf2: 'in', gf3: 'down'}, stopped: ['gf3']}).done
  })

  it('asks for a server that a pending file brings only where the node runs already', async () => {
    const waves = [wave('gf3', starts), wave('gf1', drains)]
    const {balancer, done} = refuse({
      waves,
      views: {gf1: 'in', gf2: 'in'},
      balancerFiles: [{balancer: 'lb1'}],
      stopped: ['gf3'],
    })
    await done
    expect(balancer.rehearsed).toEqual(['gf1'])
  })

  it('has nothing to ask before an apply', async () => {
    const {balancer, done} = refuse({verb: 'apply', waves: all, views: {}})
    await done
    expect(balancer.rehearsed).toEqual([])
  })
})

describe('a balancer host that is left out', () => {
  const [lb1] = aHaproxy().hosts
  const lb2 = {name: 'lb2', ssh: anSshTarget()}
  const skipping = aCluster({loadBalancer: aHaproxy({hosts: [lb1!], skipped: [lb2]})})

  it('must be dead: one that answers is refused', async () => {
    const asked: LoadBalancer[] = []
    const ports = {
      balancer: (loadBalancer: LoadBalancer) => {
        asked.push(loadBalancer)
        return new ObedientBalancer({gf1: 'in'})
      },
    } as unknown as Ports
    await expect(refuseLivingSkipped(skipping, ports)).rejects.toMatchObject({code: 'BALANCER_NOT_DEAD', node: 'lb2'})
    expect(asked).toMatchObject([{hosts: [{name: 'lb2'}]}])
  })

  it('is let go when it cannot be asked', async () => {
    class Dead extends ObedientBalancer {
      override status = async () => {
        throw new GhaError('no answer', {code: 'HOST_UNREACHABLE', exit: 'preflight'})
      }
    }
    await refuseLivingSkipped(skipping, portsOf(new Dead({})))
  })
})
