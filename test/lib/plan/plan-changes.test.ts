import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {versionOf} from '../../../src/lib/model/version.ts'
import {isEmpty, nodesOf, type Plan} from '../../../src/lib/plan/plan.ts'
import {planChanges} from '../../../src/lib/plan/plan-changes.ts'
import type {Question} from '../../../src/lib/plan/question.ts'
import type {Situation} from '../../../src/lib/plan/situation.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aHaproxy} from '../../support/a-load-balancer.ts'
import {aSituation} from '../../support/a-situation.ts'

const NAMES = ['gf1', 'gf2', 'gf3']

function plan(situations: readonly Situation[], question: Partial<Question> = {}): Plan {
  const cluster = aCluster({loadBalancer: aHaproxy()})
  return planChanges({cluster, verb: 'rollout', situations, balancerFiles: [], schema: {there: true}, ...question})
}

const kinds = (planned: Plan, name: string) =>
  nodesOf(planned)
    .find(({node}) => node === name)
    ?.steps.map(({kind}) => kind)
const changed = {reasons: ['update /etc/grafana/grafana.ini']}

describe('a rollout', () => {
  it('of a cluster that is as wished is empty', () => {
    expect(isEmpty(plan(NAMES.map(name => aSituation(name))))).toBe(true)
  })

  it.each([
    {autoRevert: true, method: 'docker', version: '12.0.1', onFailure: 'go-back'},
    {autoRevert: false, method: 'docker', version: '12.0.1', onFailure: 'hold-out'},
    {autoRevert: true, method: 'none', version: '12.0.1', onFailure: 'cannot-go-back'},
    {autoRevert: true, method: 'none', version: '12.0.0', onFailure: 'go-back'},
  ] as const)(
    'says what becomes of a node that fails: $onFailure with install $method to $version',
    ({autoRevert, method, version, onFailure}) => {
      const install = method === 'none' ? {method} : {method, image: 'grafana/grafana'}
      const cluster = aCluster({
        rollout: {...aCluster().rollout, autoRevert},
        grafana: {install, version: versionOf(version)},
      })
      const gf1 = aSituation('gf1', {...changed, version: versionOf('12.0.0')})
      expect(plan([gf1], {cluster})).toMatchObject({onFailure})
    },
  )

  it('takes serving nodes one at a time', () => {
    const planned = plan(NAMES.map(name => aSituation(name, changed)))
    expect(planned.waves.map(wave => wave.map(({node}) => node))).toEqual([['gf1'], ['gf2'], ['gf3']])
    expect(kinds(planned, 'gf1')).toEqual(['arm', 'drain', 'activate', 'gate', 'disarm', 'undrain'])
  })

  it('drains a node first that only one of two balancers feeds, and leaves it drained where the other had it out', () => {
    const down = aSituation('gf1', {...changed, server: 'down', fed: true})
    const out = aSituation('gf2', {...changed, server: 'out', fed: true, drained: true})
    const planned = plan([aSituation('gf0', changed), down, out, aSituation('gf3')])
    expect(planned.waves.map(wave => wave.map(({node}) => node))).toEqual([['gf1'], ['gf0'], ['gf2']])
    expect(kinds(planned, 'gf1')).toEqual(['arm', 'drain', 'activate', 'gate', 'disarm', 'undrain'])
    expect(kinds(planned, 'gf2')).toEqual(['arm', 'drain', 'activate', 'gate', 'disarm', 'leave-drained'])
  })

  it('begins with the canary', () => {
    const cluster = aCluster({loadBalancer: aHaproxy()})
    const rollout = {...cluster.rollout, canary: 'gf3'}
    const planned = plan(
      NAMES.map(name => aSituation(name, changed)),
      {cluster: {...cluster, rollout}},
    )
    expect(nodesOf(planned).map(({node}) => node)).toEqual(['gf3', 'gf1', 'gf2'])
  })

  it('first brings back a node that an earlier run left out, before it swapped anything', () => {
    const planned = plan([
      aSituation('gf1', changed),
      aSituation('gf2', {...changed, heldOut: true, armed: {wayBack: 'old'}, server: 'drain'}),
    ])
    expect(nodesOf(planned).map(({node}) => node)).toEqual(['gf2', 'gf1'])
    expect(kinds(planned, 'gf2')).toContain('drain')
  })

  it('only confirms a node that an earlier run had restarted already', () => {
    const planned = plan([aSituation('gf1', {heldOut: true, armed: {wayBack: 'old'}, server: 'out'})])
    expect(kinds(planned, 'gf1')).toEqual(['rearm', 'gate', 'disarm', 'undrain'])
  })

  it('swaps a node that was out already without draining it again', () => {
    const planned = plan([aSituation('gf1', {...changed, heldOut: true, server: 'out'})])
    expect(kinds(planned, 'gf1')).toEqual(['arm', 'activate', 'gate', 'disarm', 'undrain'])
  })

  it('leaves the balancer file for later while a node is held out', () => {
    const balancerFiles = [{balancer: 'lb1', path: '/etc/haproxy/haproxy.cfg', change: 'update'}] as const
    expect(plan([aSituation('gf1', {heldOut: true, server: 'out'})], {balancerFiles}).balancerFiles).toEqual([])
    expect(plan([aSituation('gf1')], {balancerFiles}).balancerFiles).toEqual(balancerFiles)
  })

  it('of some nodes says what waits, the balancer file too', () => {
    const balancerFiles = [{balancer: 'lb1', path: '/etc/haproxy/haproxy.cfg', change: 'update'}] as const
    const planned = plan(
      NAMES.map(name => aSituation(name, changed)),
      {limit: new Set(['gf2']), balancerFiles},
    )
    expect(nodesOf(planned).map(({node}) => node)).toEqual(['gf2'])
    expect(planned.balancerFiles).toEqual([])
    expect(planned.pending).toEqual([
      'gf1: update /etc/grafana/grafana.ini',
      'gf3: update /etc/grafana/grafana.ini',
      'lb1: update /etc/haproxy/haproxy.cfg',
    ])
  })

  it('lets one node migrate alone before others go together', () => {
    const nodes = ['gf1', 'gf2', 'gf3', 'gf4'].map(name => aNode({name}))
    const wish = aCluster({nodes, loadBalancer: aHaproxy(), grafana: {version: versionOf('12.2.0')}})
    const cluster = {...wish, rollout: {...wish.rollout, maxParallel: {unit: 'nodes', amount: 2}} as const}
    const wavesOf = (situations: readonly Situation[]) =>
      plan(situations, {cluster}).waves.map(wave => wave.map(({node}) => node))
    const old = nodes.map(({name}) => aSituation(name, changed))
    expect(wavesOf(old)).toEqual([['gf1'], ['gf2', 'gf3'], ['gf4']])
    const migrated = aSituation('gf1', {version: versionOf('12.2.0')})
    expect(wavesOf([migrated, ...old.slice(1)])).toEqual([['gf2', 'gf3'], ['gf4']])
  })

  it('gives the nodes of a wave the time to start after one another', () => {
    const cluster = aCluster({loadBalancer: aHaproxy()})
    const pair = {...cluster, rollout: {...cluster.rollout, maxParallel: {unit: 'nodes', amount: 2}} as const}
    const [wave = [], [last] = []] = plan(
      NAMES.map(name => aSituation(name, changed)),
      {cluster: pair},
    ).waves
    const seconds = [...wave, last].map(node => node?.steps.flatMap(step => (step.kind === 'arm' ? step.seconds : [])))
    expect(seconds).toEqual([[480], [480], [300]])
  })

  it('classifies the step from the oldest version that runs', () => {
    const cluster = aCluster({grafana: {version: versionOf('12.2.0')}})
    const planned = plan([aSituation('gf1', {version: versionOf('12.2.0')}), aSituation('gf2', changed)], {cluster})
    expect(planned.step.kind).toBe('additive')
    expect(planned.from).toEqual(versionOf('12.1.0'))
  })

  const OLDER = 'older nodes keep working on the newer schema'
  const LOST = 'an older minor does not read what a newer one wrote: restore a backup instead'
  it.each([
    {ran: ['12.2.0', '12.1.0'], to: '12.1.0', from: '12.2.0', step: {kind: 'additive', reason: OLDER}},
    {ran: ['12.1.0', '12.3.0'], to: '12.2.0', from: '12.3.0', step: {kind: 'additive', reason: OLDER}},
    {ran: ['12.2.0', '12.2.0'], to: '12.1.0', from: '12.2.0', step: {kind: 'unsupported', reason: LOST}},
    {ran: ['12.4.0', '12.3.0'], to: '12.3.0', from: '12.4.0', step: {kind: 'unsupported', reason: LOST}},
    {ran: ['12.3.0', '12.4.0'], to: '12.3.1', from: '12.4.0', step: {kind: 'unsupported', reason: LOST}},
    {
      ran: ['12.1.1', '12.1.0'],
      to: '12.1.0',
      from: '12.1.1',
      step: {kind: 'none', reason: 'releases of one minor share their schema'},
    },
  ])('of $ran to $to is $step.kind: the newest that runs counts too', ({ran, to, from, step}) => {
    const cluster = aCluster({grafana: {version: versionOf(to)}})
    const situations = ran.map((version, place) => aSituation(`gf${place}`, {...changed, version: versionOf(version)}))
    expect(plan(situations, {cluster})).toMatchObject({from: versionOf(from), step})
  })

  it('over a barrier goes on although one runs beyond what is wished, and back where its migration did not begin', () => {
    const cluster = (version: string) => aCluster({grafana: {version: versionOf(version)}})
    const old = aSituation('gf1', {...changed, version: versionOf('12.3.0')})
    const gf2 = {...changed, version: versionOf('12.5.0')}
    expect(plan([old, aSituation('gf2', gf2)], {cluster: cluster('12.4.0')}).step.kind).toBe('single-writer')
    const migrating = {from: versionOf('12.3.0'), to: versionOf('12.4.0'), newest: 'old', scoped: 0}
    const letGo = aSituation('gf2', {...changed, version: versionOf('12.4.0'), migrating})
    const schema = {there: true, newest: 'old', scoped: 0}
    expect(plan([old, letGo], {cluster: cluster('12.3.0'), schema}).step.kind).toBe('none')
  })

  it('over a barrier is not copied before, where the one that was let go to migrate runs alone: it may be at it', () => {
    const version = versionOf('12.4.0')
    const migrating = {from: versionOf('12.3.0'), to: version, newest: 'old', scoped: 0}
    const question = (running: {readonly gf1: boolean; readonly gf2: boolean}) => [
      aSituation('gf1', {...changed, version: versionOf('12.3.0'), running: running.gf1}),
      aSituation('gf2', {...changed, version, migrating, heldOut: true, running: running.gf2}),
    ]
    const rest = {cluster: aCluster({grafana: {version}}), schema: {there: true, newest: 'old', scoped: 0}}
    expect(plan(question({gf1: false, gf2: true}), rest)).not.toHaveProperty('backup')
    expect(plan(question({gf1: false, gf2: true}), rest).window?.writer).toBe('gf2')
    expect(plan(question({gf1: false, gf2: false}), rest)).toHaveProperty('backup')
    expect(plan(question({gf1: true, gf2: true}), rest)).toHaveProperty('backup')
  })

  it('goes back as undo says, and names the version that it goes back from', () => {
    const step = {kind: 'additive', reason: OLDER} as const
    const situations = ['12.2.0', '12.1.0'].map((version, place) =>
      aSituation(`gf${place}`, {...changed, version: versionOf(version)}),
    )
    expect(plan(situations, {step})).toMatchObject({from: versionOf('12.2.0'), step})
  })
})

describe('an apply', () => {
  const empty = {running: false, server: 'down', version: undefined, reasons: ['install Grafana 12.1.0']} as const

  it('lets one node make the schema before the others start', () => {
    const planned = plan(
      NAMES.map(name => aSituation(name, empty)),
      {verb: 'apply', schema: {there: false}},
    )
    expect(planned.waves.map(wave => wave.map(({node}) => node))).toEqual([['gf1'], ['gf2', 'gf3']])
    expect(kinds(planned, 'gf1')).not.toContain('drain')
  })

  it('starts all at once where the schema is there', () => {
    expect(
      plan(
        NAMES.map(name => aSituation(name, empty)),
        {verb: 'apply'},
      ).waves,
    ).toHaveLength(1)
  })

  it('never touches a node that serves, and says what waits', () => {
    const planned = plan([aSituation('gf1', changed), aSituation('gf2', empty)], {verb: 'apply'})
    expect(nodesOf(planned).map(({node}) => node)).toEqual(['gf2'])
    expect(planned.pending).toEqual(['gf1: update /etc/grafana/grafana.ini'])
  })
})

describe('every plan', () => {
  const situations = fc.uniqueArray(
    fc.record({
      name: fc.integer({min: 1, max: 30}).map(index => `gf${index}`),
      running: fc.boolean(),
      heldOut: fc.boolean(),
      armed: fc.constantFrom(undefined, {wayBack: 'old'}),
      server: fc.constantFrom('in', 'drain', 'out', 'down', undefined),
      reasons: fc.constantFrom([], ['update a file']),
    }),
    {selector: ({name}) => name, minLength: 1, maxLength: 12},
  )

  it('drains at most one node at a time, and names each node once', () => {
    fc.assert(
      fc.property(situations, fc.constantFrom('apply', 'rollout'), (all, verb) => {
        const planned = plan(
          all.map(({name, ...wish}) => aSituation(name, wish as Partial<Situation>)),
          {verb},
        )
        const names = nodesOf(planned).map(({node}) => node)
        expect(new Set(names).size).toBe(names.length)
        const fed = planned.waves.map(wave => wave.filter(({steps}) => steps.some(({kind}) => kind === 'drain')).length)
        expect(Math.max(0, ...fed)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('never swaps a node without a way to notice that it failed', () => {
    fc.assert(
      fc.property(situations, all => {
        for (const {steps} of nodesOf(
          plan(all.map(({name, ...wish}) => aSituation(name, wish as Partial<Situation>))),
        )) {
          const order = steps.map(({kind}) => kind)
          if (order.includes('activate')) expect(order.indexOf('arm')).toBeLessThan(order.indexOf('activate'))
          expect(order.indexOf('gate')).toBeLessThan(order.indexOf('undrain'))
        }
      }),
    )
  })
})
