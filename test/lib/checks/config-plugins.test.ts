import {describe, expect, it} from 'vitest'
import type {WishedTree} from '../../../src/lib/checks/check.ts'
import {configPlugins} from '../../../src/lib/checks/config-plugins.ts'
import type {LivePlugin} from '../../../src/lib/facts/plugins.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import type {ReleasePlugin} from '../../../src/lib/model/release.ts'
import {aJudged, aNodeObservation, keptState, spoken} from '../../support/an-observation.ts'

const place = '/var/lib/grafana/plugins/clock'
const clock: WishedTree = {id: 'clock', version: '2.1.3', path: place, digest: 'a'}
const ours: ReleasePlugin = {id: 'clock', version: '2.1.3', path: place, digest: 'a', origin: 'archive'}

interface Lying {
  readonly live?: LivePlugin
  readonly brought?: readonly ReleasePlugin[]
  readonly release?: string | undefined
}

function judge(wished: readonly WishedTree[] | undefined, {live = {}, brought = [], release = 'r'}: Lying = {}) {
  const node = aNodeObservation({
    plugins: known({machine: 'x86_64', brought, kept: new Set(), live: new Map([[place, live]])}),
    state: known(keptState(release ? {release} : {})),
  })
  return spoken(configPlugins, aJudged({nodes: [node], ...(wished ? {wish: {plugins: wished}} : {})}))[0]
}

describe('config/plugins', () => {
  it.each<[string, {wished: WishedTree; lying: Lying}, string]>([
    [
      'passes the right ones',
      {wished: clock, lying: {live: {digest: 'a', version: '2.1.3'}}},
      'passed: 1 plugins are as wished',
    ],
    ['fails a missing one', {wished: clock, lying: {}}, 'failed: clock is missing'],
    [
      'fails another version',
      {wished: clock, lying: {live: {digest: 'b', version: '2.1.2'}}},
      'failed: clock is 2.1.2, not 2.1.3',
    ],
    [
      'fails what was changed',
      {wished: clock, lying: {live: {digest: 'b', version: '2.1.3'}, brought: [ours]}},
      'failed: clock 2.1.3 was changed on the node',
    ],
    [
      'fails another build',
      {wished: {...clock, digest: 'b'}, lying: {live: {digest: 'a', version: '2.1.3'}, brought: [ours]}},
      'failed: clock 2.1.3 is another build than the archive',
    ],
    [
      'cannot tell without the archive',
      {
        wished: {id: 'clock', version: '2.1.3', path: place, problem: 'there is no clock-2.1.3.zip'},
        lying: {live: {digest: 'a', version: '2.1.3'}},
      },
      'unknown: the versions are right, and their content is unknown: there is no clock-2.1.3.zip',
    ],
    ['waits for the first release', {wished: clock, lying: {release: ''}}, 'skipped: gha has not brought them yet'],
  ])('%s', (_, {wished, lying}, outcome) => {
    expect(judge([wished], lying)).toBe(`gf1 ${outcome}`)
  })

  it('fails what gha brought and gha.yaml names no more, and has nothing to say of others', () => {
    const live = {digest: 'a', version: '2.1.3'}
    expect(judge(undefined, {live, brought: [ours]})).toBe('gf1 failed: clock is not in gha.yaml any more')
    expect(judge(undefined, {live})).toBe('gf1 skipped: gha.yaml names no plugins')
  })

  it('never passes what nobody saw', () => {
    const nodes = [aNodeObservation({plugins: unknown('no answer')})]
    expect(spoken(configPlugins, aJudged({nodes, wish: {plugins: [clock]}}))[0]).toBe('gf1 unknown: no answer')
  })
})
