import {describe, expect, it} from 'vitest'
import type {LivePlugin} from '../../../src/lib/facts/plugins.ts'
import {known} from '../../../src/lib/model/observation.ts'
import type {ReleasePlugin} from '../../../src/lib/model/release.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import {pluginChanges, pluginReasons, pluginsSeen} from '../../../src/lib/plan/plugin-changes.ts'
import {aNodeObservation, keptState} from '../../support/an-observation.ts'

const place = (id: string) => `/var/lib/grafana/plugins/${id}`
const plugin = (id: string, version: string, digest = version): ReleasePlugin => ({
  id,
  version,
  digest,
  path: place(id),
  origin: 'archive',
})

interface Node {
  readonly brought?: readonly ReleasePlugin[]
  readonly live?: Readonly<Record<string, LivePlugin>>
}

function planned(wished: readonly ReleasePlugin[], {brought = [], live = {}}: Node) {
  const written = new Map(brought.map(({path, digest}) => [path, [digest]]))
  const lying = new Map(Object.entries(live).map(([id, it]) => [place(id), it]))
  const observed = aNodeObservation({
    state: known(keptState({release: 'r', written})),
    plugins: known({machine: 'x86_64', brought, kept: new Set(), live: lying}),
  })
  const wish = {release: {id: 'r', version: versionOf('12.1.0'), files: [], plugins: wished}, files: []}
  const changes = pluginChanges(wish, observed)
  return {
    reasons: pluginReasons(changes),
    foreign: changes.map(({foreign}) => foreign),
    seen: Object.fromEntries(pluginsSeen(wish, observed)),
  }
}

const clock = plugin('clock', '2.1.3')

describe('the plugins of a plan', () => {
  it.each<[string, {wished: readonly ReleasePlugin[]; node: Node}, Partial<ReturnType<typeof planned>>]>([
    [
      'nothing where all is right',
      {wished: [clock], node: {live: {clock: {digest: '2.1.3', version: '2.1.3'}}}},
      {reasons: [], foreign: []},
    ],
    [
      'a new one',
      {wished: [clock], node: {live: {clock: {}}}},
      {reasons: ['plugin clock 2.1.3 (new)'], foreign: [undefined]},
    ],
    [
      'another version of what gha brought',
      {
        wished: [clock],
        node: {brought: [plugin('clock', '2.1.2')], live: {clock: {digest: '2.1.2', version: '2.1.2'}}},
      },
      {reasons: ['plugin clock 2.1.2 → 2.1.3'], foreign: [undefined]},
    ],
    [
      'one that somebody else put there',
      {wished: [clock], node: {live: {clock: {digest: 'x', version: '2.0.0'}}}},
      {reasons: ['plugin clock 2.0.0 → 2.1.3'], foreign: ['unmanaged']},
    ],
    [
      'one that somebody changed',
      {wished: [clock], node: {brought: [clock], live: {clock: {digest: 'x', version: '2.1.3'}}}},
      {reasons: ['plugin clock 2.1.3 (changed on the node)'], foreign: ['edited']},
    ],
    [
      'another build',
      {
        wished: [clock],
        node: {brought: [plugin('clock', '2.1.3', 'old')], live: {clock: {digest: 'old', version: '2.1.3'}}},
      },
      {reasons: ['plugin clock 2.1.3 (another build)'], foreign: [undefined]},
    ],
    [
      'one that gha.yaml names no more',
      {wished: [], node: {brought: [clock], live: {clock: {digest: '2.1.3', version: '2.1.3'}}}},
      {reasons: ['plugin clock 2.1.3 (removed)'], foreign: [undefined]},
    ],
    [
      'the same, changed since',
      {wished: [], node: {brought: [clock], live: {clock: {digest: 'x', version: '2.2.0'}}}},
      {reasons: ['plugin clock 2.2.0 (removed)'], foreign: ['edited']},
    ],
    [
      'one that a cut swap has brought too, once',
      {
        wished: [],
        node: {brought: [plugin('clock', '2.1.2'), clock], live: {clock: {digest: '2.1.3', version: '2.1.3'}}},
      },
      {reasons: ['plugin clock 2.1.3 (removed)']},
    ],
    [
      'nothing where it is gone already',
      {wished: [], node: {brought: [clock], live: {clock: {}}}},
      {reasons: [], foreign: []},
    ],
    [
      'nothing of what lay there before',
      {wished: [], node: {brought: [{...clock, origin: 'node'}], live: {clock: {digest: '2.1.3', version: '2.1.3'}}}},
      {reasons: [], foreign: []},
    ],
  ])('tell %s', (_, {wished, node}, told) => {
    expect(planned(wished, node)).toMatchObject(told)
  })

  it('hold what was seen of everything that stays and of everything that goes, gone already or not', () => {
    const brought = [plugin('pie', '1.0.0'), plugin('gone', '1.0.0')]
    const live = {
      clock: {digest: 'x', version: '2.0.0'},
      pie: {digest: '1.0.0', version: '1.0.0'},
      other: {digest: 'y'},
    }
    expect(planned([clock], {brought, live}).seen).toEqual({
      [place('clock')]: 'x',
      [place('pie')]: '1.0.0',
      [place('gone')]: undefined,
    })
  })
})
