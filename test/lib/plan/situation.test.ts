import {describe, expect, it} from 'vitest'
import {readHealth} from '../../../src/lib/facts/health.ts'
import type {NodeObservation} from '../../../src/lib/facts/node-observation.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {parseVersion, versionOf} from '../../../src/lib/model/version.ts'
import {isServing, situationOf} from '../../../src/lib/plan/situation.ts'
import type {ServerState} from '../../../src/lib/ports/balancer.ts'
import {publicFile} from '../../../src/lib/render/rendered-file.ts'
import {aNode} from '../../support/a-cluster.ts'
import {aFileState} from '../../support/a-file.ts'
import {aNodeObservation, keptState} from '../../support/an-observation.ts'

const INI = '/etc/grafana/grafana.ini'
const DASHBOARD = '/etc/grafana/provisioning/dashboards/old.json'
const [OURS, OTHER] = ['a'.repeat(64), 'b'.repeat(64)]

interface Node {
  /** Path → sum of what stands there; undefined where nothing does. */
  readonly live: Readonly<Record<string, string | undefined>>
  readonly brought?: readonly string[]
  readonly swapping?: string
}

/** A node that is to have the ini and nothing else. */
function situation({live, brought = [INI, DASHBOARD], swapping}: Node) {
  const states = Object.entries(live).map(
    ([path, sha256]) => [path, sha256 ? aFileState({sha256, mode: '644'}) : ({exists: false} as const)] as const,
  )
  const written = new Map(brought.map(path => [path, [OURS]]))
  const state = {release: '12.1.0-one', brought, written, ...(swapping ? {swapping} : {})}
  const file = {path: INI, access: 'public', sha256: OURS} as const
  return situationOf({
    node: aNode(),
    wish: {
      release: {id: '12.1.0-two', version: versionOf('12.1.0'), files: [file]},
      files: [publicFile(INI, '')],
    },
    observed: aNodeObservation({files: known(new Map(states)), state: known(keptState(state))}),
    views: [],
  })
}

describe('a file that gha has put on a node and that is not wished any more', () => {
  it('is a change and a reason, with what was seen of it', () => {
    const {changes, reasons, seen} = situation({live: {[INI]: OURS, [DASHBOARD]: OURS}})
    expect(changes).toEqual([{path: DASHBOARD, change: 'remove'}])
    expect(reasons).toEqual([`remove ${DASHBOARD}`])
    expect(seen.get(DASHBOARD)).toBe(OURS)
  })

  it('is not for gha to remove where somebody has edited it since', () => {
    const {changes} = situation({live: {[INI]: OURS, [DASHBOARD]: OTHER}})
    expect(changes).toEqual([{path: DASHBOARD, change: 'remove', foreign: 'edited'}])
  })

  it('is nothing to do where it is gone already, and is watched lest it comes back', () => {
    const {changes, reasons, seen} = situation({live: {[INI]: OURS, [DASHBOARD]: undefined}})
    expect([changes, reasons]).toEqual([[], []])
    expect(seen.has(DASHBOARD)).toBe(true)
    expect(seen.get(DASHBOARD)).toBeUndefined()
  })

  it('stays where gha has not put it there', () => {
    expect(situation({live: {[INI]: OURS, [DASHBOARD]: OURS}, brought: [INI]}).changes).toEqual([])
  })
})

describe('a node whose swap was cut', () => {
  it('is not as wished, although every file is', () => {
    expect(situation({live: {[INI]: OURS}, swapping: '12.1.0-two'}).reasons).toEqual(['its last swap was cut'])
  })
})

const NOTHING = {release: {id: 'r', version: versionOf('12.1.0'), files: []}, files: []}
const health = (version: string) => known({status: 200, database: 'ok', milliseconds: 1, version: versionOf(version)})
const reasonsOf = (observed: Partial<NodeObservation>) =>
  situationOf({node: aNode(), wish: NOTHING, observed: {...aNodeObservation(), ...observed}, views: []}).reasons

describe('a node of which its balancers tell different things', () => {
  const observed = aNodeObservation()
  const told = (...states: readonly ServerState[]) => {
    const node = aNode({balancerName: 'gf1'})
    const views = states.map((state, place) => ({balancer: `lb${place}`, server: 'gf1', state, words: state}))
    return situationOf({node, wish: NOTHING, observed, views})
  }

  it.each([
    [['in', 'in'], true, false],
    [['out', 'in'], true, true],
    [['down', 'in'], true, false],
    [['down', 'drain'], true, false],
    [['out', 'out'], false, true],
    [['down', 'down'], false, false],
  ] as const)('as %s: fed %s, drained %s', (states, fed, drained) => {
    expect(told(...states)).toMatchObject({fed, drained})
    expect(isServing(told(...states))).toBe(fed)
  })
})

describe('a node without a package that gha can see', () => {
  const unseen = known({restartOnUpgrade: false})
  const byOthers = known({restartOnUpgrade: false, byOthers: true} as const)

  it('gets one where gha installs, whatever runs there', () => {
    expect(reasonsOf({package: unseen, health: health('12.1.0')})).toEqual(['install Grafana 12.1.0'])
  })

  it('is as wished where somebody else brings it, and it runs', () => {
    expect(reasonsOf({package: byOthers, health: health('12.1.0')})).toEqual([])
  })

  it('is restarted where somebody else brings it, and another version runs', () => {
    expect(reasonsOf({package: byOthers, health: health('12.0.0')})).toEqual(['12.0.0 still runs'])
  })
})

describe('a nightly build', () => {
  it('is not the wished version', () => {
    const text = '13.0.0~123pre'
    const version = parseVersion(text)
    const installed = {name: 'grafana', text, condition: 'whole' as const, ...(version ? {version} : {})}
    const {reasons} = situationOf({
      node: aNode(),
      wish: {release: {id: '12.1.0-two', version: versionOf('12.1.0'), files: []}, files: []},
      observed: aNodeObservation({
        health: readHealth({
          status: 200,
          headers: {},
          milliseconds: 3,
          body: '{"database":"ok","version":"13.0.0-123pre"}',
        }),
        package: known({installed, restartOnUpgrade: false}),
      }),
      views: [],
    })
    expect(reasons).toEqual(['package 13.0.0~123pre → 12.1.0'])
  })
})
