import {describe, expect, it} from 'vitest'
import {sha256} from '../../../src/lib/model/digest.ts'
import {Secret} from '../../../src/lib/model/secret.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import {movedSince} from '../../../src/lib/plan/moved-since.ts'
import type {BalancerFilePlan} from '../../../src/lib/plan/plan.ts'
import {planChanges} from '../../../src/lib/plan/plan-changes.ts'
import {type SavedPlan, savedPlanOf} from '../../../src/lib/plan/saved-plan.ts'
import {openSealedPlan, sealedPlan} from '../../../src/lib/plan/sealed-plan.ts'
import type {Situation} from '../../../src/lib/plan/situation.ts'
import {publicFile} from '../../../src/lib/render/rendered-file.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aHaproxy} from '../../support/a-load-balancer.ts'
import {viewsOf} from '../../support/a-run.ts'
import {aSituation} from '../../support/a-situation.ts'

const KEY = new Secret('a secret key of thirty characters')
const INI = '/etc/grafana/grafana.ini'
const CFG = '/etc/haproxy/haproxy.cfg'
const NAMES = ['gf1', 'gf2', 'gf3'] as const
const cluster = aCluster({loadBalancer: aHaproxy(), grafana: {version: versionOf('12.1.1')}})

/** What the file of a node should hold, and what stands there. */
const wishing = (content: string): Situation['wish'] => ({
  files: [],
  release: {
    id: '12.1.1-0123456789ab',
    version: versionOf('12.1.1'),
    files: [{path: INI, access: 'service', sha256: sha256(content)}],
  },
})
const due: Partial<Situation> = {
  wish: wishing('password = NEW'),
  reasons: ['package 12.1.0 → 12.1.1', `update ${INI}`],
  changes: [{path: INI, change: 'update'}],
  seen: new Map([[INI, sha256('password = OLD')]]),
}
const OLD = '/etc/grafana/provisioning/dashboards/old.json'
/** Besides, a file goes that gha.yaml has no more. */
const removing = (live: string): Partial<Situation> => ({
  reasons: [...(due.reasons ?? []), `remove ${OLD}`],
  changes: [...(due.changes ?? []), {path: OLD, change: 'remove'}],
  seen: new Map([...(due.seen ?? []), [OLD, sha256(live)]]),
})
const PLUGIN = '/var/lib/grafana/plugins/clock'
const withPlugin = (wished: string, live: string): Partial<Situation> => ({
  ...due,
  wish: {
    files: [],
    release: {
      id: '12.1.1-0123456789ab',
      version: versionOf('12.1.1'),
      files: [],
      plugins: [{id: 'clock', version: '2.1.3', path: PLUGIN, digest: wished, origin: 'archive'}],
    },
  },
  reasons: ['plugin clock 2.1.2 → 2.1.3'],
  changes: [{path: PLUGIN, change: 'update', plugin: {id: 'clock', from: '2.1.2', to: '2.1.3'}}],
  seen: new Map([[PLUGIN, live]]),
})
const done: Partial<Situation> = {wish: due.wish as Situation['wish'], version: versionOf('12.1.1'), seen: new Map()}

interface World {
  readonly nodes?: Readonly<Partial<Record<(typeof NAMES)[number], Partial<Situation>>>>
  readonly balancer?: Readonly<Record<string, 'in' | 'drain' | 'out' | 'down'>>
  readonly files?: readonly BalancerFilePlan[]
  readonly config?: string
  readonly yaml?: {readonly seen: string; readonly written: string}
  readonly together?: number
}

/** gf1 and gf2 are due, gf3 is as wished. */
function saved({nodes = {}, balancer = {}, files = [], config = 'new', yaml, together = 1}: World = {}): SavedPlan {
  const usual = {gf1: due, gf2: due, gf3: done}
  const situations = NAMES.map(name => aSituation(name, nodes[name] ?? usual[name]))
  const rollout = {...cluster.rollout, maxParallel: {unit: 'nodes', amount: together}} as const
  const plan = planChanges({
    cluster: {...cluster, rollout},
    verb: 'rollout',
    situations,
    balancerFiles: files,
    schema: {there: true},
  })
  return savedPlanOf(KEY, {
    plan,
    situations,
    views: viewsOf({gf1: 'in', gf2: 'in', gf3: 'in', ...balancer}),
    balancerFiles: [publicFile(CFG, config)],
    options: {to: '12.1.1'},
    clusterFile: yaml ?? {seen: 'version: 12.1.0', written: 'version: 12.1.1'},
    at: 1_800_000_000_000,
  })
}

const opened = (text: string, key = KEY, name = 'prod') => openSealedPlan(text, {key, cluster: name})

describe('a saved plan', () => {
  const text = sealedPlan(KEY, saved())

  it('is the plan that was saved', () => {
    expect(opened(text)).toEqual({status: 'opened', plan: saved()})
  })

  it('holds no secret, nor a hash that a secret could be guessed by', () => {
    for (const content of ['password = NEW', 'password = OLD', 'version: 12.1.0']) {
      expect(text).not.toContain(content)
      expect(text).not.toContain(sha256(content))
    }
    expect(text).not.toContain(KEY.reveal())
  })

  it.each([
    ['that was edited', text.replace('"node": "gf2"', '"node": "gf3"'), 'was changed after it was saved'],
    ['whose seal was taken off', text.replace(/,\s*"seal": "\w+"/, ''), 'was changed after it was saved'],
    ['of another format', text.replace('"schemaVersion": 3', '"schemaVersion": 0'), 'another version of gha (format 0'],
    ['of another cluster', text.replace('"cluster": "prod"', '"cluster": "test"'), 'is a plan for the cluster test'],
    ['that is cut off', text.slice(0, 400), 'is no plan'],
    ['that is another document', '{"type": "plan", "schemaVersion": 1}', 'is no plan'],
    ['that is nothing', 'null', 'is no plan'],
  ])('%s is refused', (_what, changed, reason) => {
    expect(changed).not.toBe(text)
    expect(opened(changed)).toEqual({status: 'refused', reason: expect.stringContaining(reason)})
  })

  it('saved with another key is refused', () => {
    expect(opened(text, new Secret('another key')).status).toBe('refused')
  })
})

describe('a saved plan beside the world', () => {
  const before = saved()

  it('holds while nothing has moved', () => {
    expect(movedSince(before, saved())).toEqual([])
  })

  it('holds or not by the plugins on the node and in the folder, as by files', () => {
    const one = saved({nodes: {gf1: withPlugin('a', 'old')}})
    expect(movedSince(one, saved({nodes: {gf1: withPlugin('a', 'old')}}))).toEqual([])
    expect(movedSince(one, saved({nodes: {gf1: withPlugin('a', 'edited')}}))).toEqual([
      `gf1: ${PLUGIN} was changed since`,
    ])
    expect(movedSince(one, saved({nodes: {gf1: withPlugin('b', 'old')}}))).toEqual([
      `gf1: ${PLUGIN} would be written otherwise`,
    ])
  })

  it('holds or not by the files that it removes, as by others', () => {
    const one = saved({nodes: {gf1: {...due, ...removing('as gha wrote it')}}})
    expect(one.waves.flat()[0]?.files).toHaveProperty([OLD], expect.stringMatching(/^[0-9a-f]{64}$/))
    expect(movedSince(one, saved({nodes: {gf1: {...due, ...removing('as gha wrote it')}}}))).toEqual([])
    expect(movedSince(one, saved({nodes: {gf1: {...due, ...removing('edited')}}}))).toEqual([
      `gf1: ${OLD} was changed since`,
    ])
    expect(movedSince(one, saved())).toEqual([expect.stringContaining(`the plan was for: `)])
  })

  it('holds where an earlier run of it has ended a node, and has written the version', () => {
    const yaml = {seen: 'version: 12.1.1', written: 'version: 12.1.1'}
    expect(movedSince(before, saved({nodes: {gf1: done}, yaml}))).toEqual([])
    expect(movedSince(before, saved({nodes: {gf1: done, gf2: done}, yaml}))).toEqual([])
  })

  it('holds where others go together now, because an earlier run of it has ended a node', () => {
    const three = saved({together: 2, nodes: {gf3: due}})
    const two = saved({together: 2, nodes: {gf3: due, gf1: done}})
    expect([three, two].map(({waves}) => waves.map(wave => wave.map(({node}) => node)))).toEqual([
      [['gf1', 'gf2'], ['gf3']],
      [['gf2', 'gf3']],
    ])
    expect(movedSince(three, two)).toEqual([])
  })

  it('holds where a run of it was cut on a node', () => {
    const cut = {...due, heldOut: true, armed: {wayBack: 'old'}, server: 'drain'} as const
    expect(movedSince(before, saved({nodes: {gf2: cut}, balancer: {gf2: 'drain'}}))).toEqual([])
    const swapped = {...done, heldOut: true, armed: {wayBack: 'old'}, server: 'out'} as const
    expect(movedSince(before, saved({nodes: {gf1: swapped}, balancer: {gf1: 'out'}}))).toEqual([])
  })

  it.each<[string, World, readonly string[]]>([
    [
      'a file that somebody edited',
      {nodes: {gf2: {...due, seen: new Map([[INI, sha256('other')]])}}},
      [`gf2: ${INI} was changed since`],
    ],
    [
      'a file that somebody edited on a node where a run was cut',
      {nodes: {gf2: {...due, heldOut: true, seen: new Map([[INI, sha256('other')]])}}},
      [`gf2: ${INI} was changed since`],
    ],
    [
      'another wish, such as a new password',
      {nodes: {gf1: {...due, wish: wishing('password = OTHER')}}},
      [`gf1: ${INI} would be written otherwise`],
    ],
    [
      'a file that would be removed too',
      {nodes: {gf1: {...due, ...removing('as gha wrote it')}}},
      [`gf1: ${OLD} was changed since`],
    ],
    ['another gha.yaml', {yaml: {seen: 'version: 12.2.0', written: ''}}, ['gha.yaml has changed']],
    [
      'a node that needs work too',
      {nodes: {gf3: {...done, reasons: ['Grafana does not run'], running: false}}},
      ['gf3 needs work too: Grafana does not run'],
    ],
    ['a node that the balancer sees otherwise', {balancer: {gf3: 'down'}}, ['gf3 is down at lb1 now, not in']],
    [
      'another version on a node, and so other reasons',
      {nodes: {gf2: {...due, version: versionOf('12.0.0'), reasons: ['package 12.0.0 → 12.1.1', `update ${INI}`]}}},
      [
        'the step to 12.1.1 is additive now, not none',
        'gf2 runs 12.0.0 now, not 12.1.0',
        `gf2: package 12.0.0 → 12.1.1, update ${INI}; the plan was for: package 12.1.0 → 12.1.1, update ${INI}`,
      ],
    ],
    [
      'a file of the balancer',
      {files: [{balancer: 'lb1', path: CFG, change: 'update', seen: 'x'}]},
      [`lb1: ${CFG} needs work too`],
    ],
  ])('names %s', (_what, world, words) => {
    expect(movedSince(before, saved(world))).toEqual(words)
  })

  it('names a balancer file that was edited, or would be another one', () => {
    const file = {balancer: 'lb1', path: CFG, change: 'update', seen: 'one'} as const
    const planned = saved({files: [file]})
    expect(movedSince(planned, saved({files: [file]}))).toEqual([])
    expect(movedSince(planned, saved())).toEqual([])
    const edited = saved({files: [{...file, seen: 'two'}]})
    expect(movedSince(planned, edited)).toEqual([`lb1: ${CFG} was changed since`])
    const otherwise = saved({files: [file], config: 'other'})
    expect(movedSince(planned, otherwise)).toEqual([`lb1: ${CFG} would be written otherwise`])
  })

  it('names another order', () => {
    const [first, second] = before.waves
    if (!first || !second) throw new Error('the plan has no waves')
    expect(movedSince(before, {...saved(), waves: [second, first]})).toEqual([
      'the nodes would go as gf2, gf1 now, not as gf1, gf2',
    ])
  })

  it('names nodes that came or went', () => {
    const less = {...saved(), nodes: before.nodes.slice(0, 2)}
    expect(movedSince(before, less)).toEqual(['the nodes are gf1, gf2 now, not gf1, gf2, gf3'])
  })
})

describe('a saved plan of a step that one node migrates alone', () => {
  const to = versionOf('13.0.0')
  const step = aCluster({loadBalancer: aHaproxy(), grafana: {version: to}})
  const release = {id: '13.0.0-0123456789ab', version: to, files: []}
  const old: Partial<Situation> = {wish: {release, files: []}, version: versionOf('12.3.0'), reasons: ['package']}

  function windowed(nodes: Readonly<Record<string, Partial<Situation>>> = {}): SavedPlan {
    const situations = NAMES.map(name => aSituation(name, {...old, ...nodes[name]}))
    const plan = planChanges({cluster: step, verb: 'rollout', situations, balancerFiles: [], schema: {there: true}})
    const views = viewsOf({gf1: 'in', gf2: 'in', gf3: 'in'})
    const clusterFile = {seen: 'a', written: 'b'}
    return savedPlanOf(KEY, {plan, situations, views, balancerFiles: [], options: {}, clusterFile, at: 0})
  }

  it('keeps who migrates and who stops, and holds while nothing moves', () => {
    expect(windowed().window).toMatchObject({writer: 'gf1', stops: [{node: 'gf2'}, {node: 'gf3'}]})
    expect(movedSince(windowed(), windowed())).toEqual([])
  })

  it('does not hold where another node would migrate, or stop', () => {
    const {window: _, ...without} = windowed()
    expect(movedSince(without, windowed())).toEqual([expect.stringContaining('nobody would serve')])
    const other = {...windowed(), window: {writer: 'gf2', stops: windowed().window?.stops ?? []}}
    expect(movedSince(windowed(), other)).toEqual(['gf2 would migrate alone, not gf1'])
    const fewer = {...windowed(), window: {writer: 'gf1', stops: windowed().window?.stops.slice(1) ?? []}}
    expect(movedSince(fewer, windowed())).toEqual(['gf2 would be stopped for the migration too'])
    expect(movedSince(windowed(), fewer)).toEqual([])
  })

  it('does not hold where a node would stop by other steps', () => {
    const now = windowed()
    const stops = now.window?.stops.map(plan => ({...plan, steps: plan.steps.slice(1)})) ?? []
    expect(movedSince(now, {...now, window: {writer: 'gf1', stops}})).toHaveLength(2)
  })
})

describe('a file that was changed and changed back', () => {
  const older = {...due, reasons: [...(due.reasons ?? []), `the process is older than ${INI}`]}

  it('leaves a saved plan as good as it was', () => {
    expect(movedSince(saved(), saved({nodes: {gf1: older}}))).toEqual([])
    expect(movedSince(saved({nodes: {gf1: older}}), saved())).toEqual([])
  })

  it('is told from one that was changed', () => {
    const changed = {...older, seen: new Map([[INI, sha256('password = OTHER')]])}
    expect(movedSince(saved(), saved({nodes: {gf1: changed}}))).toEqual([`gf1: ${INI} was changed since`])
  })
})
