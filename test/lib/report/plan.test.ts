import {describe, expect, it} from 'vitest'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import type {Plan} from '../../../src/lib/plan/plan.ts'
import {hasWork, planDocument, planText} from '../../../src/lib/report/plan.ts'

const version = versionOf('12.1.0')
const plan: Plan = {
  verb: 'apply',
  cluster: 'c',
  from: version,
  to: version,
  step: {kind: 'none', reason: 'the version stays'},
  onFailure: 'go-back',
  waves: [
    [
      {
        node: 'gf1',
        release: {id: '12.1.0-x', version, files: []},
        interrupts: true,
        reasons: ['update /etc/grafana/grafana.ini'],
        changes: [{path: '/etc/grafana/grafana.ini', change: 'update', foreign: 'edited'}],
        seen: new Map(),
        steps: [{kind: 'disarm'}],
      },
    ],
  ],
  balancerFiles: [{balancer: 'lb1', path: '/etc/haproxy/haproxy.cfg', change: 'update', foreign: 'unmanaged'}],
  pending: [],
}
const differences = [
  {node: 'lb1', path: '/etc/haproxy/haproxy.cfg', lines: ['-  maxconn 77']},
  {node: 'gf1', path: '/etc/grafana/grafana.ini', lines: ['+allow = true']},
]
const text = planText({plan, differences, needs: ['--accept-loss']}, {colour: false})
const [balancer = '', node = ''] = text.split('\n\n').slice(1)

describe('a plan in words', () => {
  it('shows the hooks with their deadlines, and which of them stop the run', () => {
    const hooks = [
      {hook: 'preNode', words: './silence add', deadlineSeconds: 60, onFailure: 'stop'},
      {hook: 'postNode', words: './silence', deadlineSeconds: 5, onFailure: 'warn'},
      {hook: 'postRollout', words: './tell', deadlineSeconds: 5, onFailure: 'warn', skipped: true},
    ] as const
    const lines = planText({plan, differences, needs: [], hooks}, {colour: false}).split('\n').slice(-4)
    expect(lines).toEqual([
      'hooks, on this machine:',
      '  preNode     ./silence add (at most 60 s, stops the run when it fails)',
      '  postNode    ./silence (at most 5 s)',
      '  postRollout skipped, by --skip-hooks',
    ])
  })

  it("shows what changes in a balancer's file, and that it is not gha's", () => {
    expect(balancer).toContain('lb1      update /etc/haproxy/haproxy.cfg: not written by gha')
    expect(balancer).toContain('-  maxconn 77')
    expect(balancer).not.toContain('allow')
  })

  it('names the files of a node that somebody edited', () => {
    expect(node).toContain('/etc/grafana/grafana.ini: edited since gha wrote it')
    expect(node).toContain('+allow = true')
  })
})

describe('a maintenance window', () => {
  const [[gf1] = []] = plan.waves
  if (!gf1) throw new Error('the plan has no node')
  const to = versionOf('12.4.0')
  const stops = ['gf2', 'gf3'].map(name => ({...gf1, node: name}))
  const migrating: Plan = {
    ...plan,
    verb: 'rollout',
    to,
    step: {kind: 'single-writer', reason: 'it moves tables'},
    window: {writer: 'gf1', stops},
    waves: [[gf1], stops],
    balancerFiles: [],
  }
  const windowOf = (changes: Partial<Plan> = {}) =>
    planText({plan: {...migrating, ...changes}, differences: [], needs: ['--accept-loss']}, {colour: false}).split(
      '\n\n',
    )

  it('is announced before the first node: who stops, who migrates, what does not happen, and that nobody knows how long', () => {
    const [head, announced] = windowOf()
    expect(announced?.split('\n')).toEqual([
      'Maintenance window: nobody serves, and no alert rule is evaluated, until one node has migrated.',
      '  first   gf2, gf3 leave the balancer and stop',
      '  then    gf1 leaves it last, migrates alone and serves again',
      '  length  unknown: the migration of this database to 12.4.0 was never measured',
    ])
    expect(head?.split('\n')).toEqual([
      'rollout c: Grafana 12.1.0 → 12.4.0, 3 nodes in 2 turns (version step: single-writer, it moves tables)',
      'going back: until the migration begins everything goes back by itself; after that forward, or a restored backup',
      'needs: --accept-loss',
    ])
  })

  it('of a single node stops no other', () => {
    const [, announced] = windowOf({window: {writer: 'gf1', stops: []}, waves: [[gf1]]})
    expect(announced).toContain('no alert rule is evaluated')
    expect(announced).not.toContain('first')
  })

  it('after an earlier run’s migration says who serves, and not that nobody does', () => {
    const [, announced] = windowOf({window: {stops}, waves: [stops]})
    expect(announced?.split('\n')).toEqual([
      'Maintenance window: only nodes that are past the migration serve, until the others have started on the new version.',
      '  first   gf2, gf3 leave the balancer and stop',
    ])
  })

  it('is none where every node may go on beside the newer schema', () => {
    const {window: _, ...rolling} = migrating
    expect(planText({plan: rolling, differences: [], needs: []}, {colour: false})).not.toContain('Maintenance')
    expect(planDocument({plan: rolling, differences: [], needs: []})).not.toHaveProperty('window')
  })

  it('is told to programs too', () => {
    expect(planDocument({plan: migrating, differences: [], needs: []})).toMatchObject({
      versionStep: {kind: 'single-writer'},
      window: {writer: 'gf1', stops: ['gf2', 'gf3']},
    })
  })
})

describe('what an operator wants to know before', () => {
  it('is what the step means for going back, and what the run will ask for', () => {
    expect(text.split('\n').slice(1, 3)).toEqual([
      'going back: a node that fails goes back by itself; later, a rollout to the old version does it',
      'needs: --accept-loss',
    ])
    const additive: Plan = {...plan, step: {kind: 'additive', reason: 'older nodes keep working'}}
    expect(planText({plan: additive, differences: [], needs: []}, {colour: false})).toContain(
      'after the rollout `gha rollout undo` does it',
    )
  })

  it.each([
    {kind: 'none', words: 'a node that fails is held out on its new release; a rollout to the old version'},
    {kind: 'additive', words: 'a node that fails is held out on its new release; `gha rollout undo`'},
    {kind: 'single-writer', words: 'a node that fails is held out, and the others stay stopped;'},
  ] as const)('is that nobody goes back where gha.yaml says so: $kind', ({kind, words}) => {
    const held: Plan = {...plan, step: {kind, reason: ''}, onFailure: 'hold-out'}
    const shown = planText({plan: held, differences: [], needs: []}, {colour: false})
    expect(shown).toContain(`going back: ${words}`)
    expect(shown).toContain('(`autoRevert: false`)')
  })

  it('is how long it took before, and which tables are how large', () => {
    const additive: Plan = {...plan, step: {kind: 'additive', reason: 'older nodes keep working'}}
    const tables = known({choice: 'largest', tables: [{name: 'dashboard_version', bytes: 1_234_000_000}]} as const)
    const shown = planText(
      {plan: additive, differences: [], needs: [], expected: {seconds: 372, runs: 4}, tables},
      {colour: false},
    )
    expect(shown).toContain('it may lock: which tables is not known; the largest are dashboard_version 1.2 GB')
    expect(shown).toContain('expected: about 6 min, by the last 4 runs, and the migration on top')
    const silent = {plan: additive, differences: [], needs: [], tables: unknown('no answer')}
    expect(planText(silent, {colour: false})).toContain('it may lock: unknown tables: no answer')
    expect(planText(silent, {colour: false})).not.toContain('expected')
  })

  it.each([
    [plan.step, ['backup'], ', and the copy of the database on top'],
    [{kind: 'additive', reason: ''}, ['backup'], ', and the copy of the database and the migration on top'],
    [
      {kind: 'single-writer', reason: ''},
      ['backup', 'stops'],
      ', and the copy of the database, the stop of the other nodes and the migration on top',
    ],
    [plan.step, undefined, ''],
  ] as const)('is what comes on top of the time that is known: %j', (step, without, words) => {
    const expected = {seconds: 60, runs: 1, ...(without ? {without} : {})}
    expect(planText({plan: {...plan, step}, differences: [], needs: [], expected}, {colour: false})).toContain(
      `expected: about 60 s, by the last run${words}\n`,
    )
  })

  it('is which nodes go together', () => {
    const [[gf1] = []] = plan.waves
    if (!gf1) throw new Error('the plan has no node')
    const pair: Plan = {...plan, waves: [[gf1, {...gf1, node: 'gf2'}]]}
    expect(planText({plan: pair, differences: [], needs: []}, {colour: false})).toContain('together: gf1, gf2')
  })

  it('is the same change only once', () => {
    const twin = {...differences[1], node: 'gf2', path: '/etc/grafana/grafana.ini', lines: ['+allow = true']}
    const [[gf1] = []] = plan.waves
    if (!gf1) throw new Error('the plan has no node')
    const both: Plan = {...plan, waves: [[gf1], [{...gf1, node: 'gf2'}]]}
    const shown = planText({plan: both, differences: [...differences, twin], needs: []}, {colour: false})
    expect(shown.match(/\+allow = true/g)).toHaveLength(1)
    expect(shown).toContain('/etc/grafana/grafana.ini: as on gf1')
  })

  it('is how much of a long file is not shown', () => {
    const long = {node: 'gf1', path: '/etc/grafana/grafana.ini', lines: ['+x'], omitted: 12, note: 'new file'}
    expect(planText({plan, differences: [long], needs: []}, {colour: false})).toContain(
      '… 12 lines more: `gha render` shows the file whole',
    )
    const gone = {...long, note: 'removed'}
    expect(planText({plan, differences: [gone], needs: []}, {colour: false})).toMatch(/… 12 lines more$/m)
  })

  it('is one line where there is nothing to do', () => {
    const nothing: Plan = {...plan, waves: [], balancerFiles: []}
    const shown = {plan: nothing, differences: [], needs: []}
    expect(planText(shown, {colour: false})).toBe('c: everything is as gha.yaml wishes; nothing to do.')
    expect(hasWork(shown)).toBe(false)
    expect(hasWork({...shown, plan: {...nothing, pending: ['gf1: waits']}})).toBe(true)
    expect(hasWork({...shown, plan})).toBe(true)
  })
})
