import {describe, expect, it} from 'vitest'
import {grafanaPlugins} from '../../../src/lib/checks/grafana-plugins.ts'
import type {Listed} from '../../../src/lib/facts/listed.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {aJudged, aNodeObservation, aTrial, spoken} from '../../support/an-observation.ts'

const listing = (...plugins: readonly string[]): Listed => ({
  dataSources: known([]),
  plugins: known(plugins.map(text => ({id: text.split('@')[0] ?? '', version: text.split('@')[1] ?? ''}))),
})

interface Wished {
  readonly plugins?: readonly string[]
  readonly removes?: readonly string[]
}

function judge(before: Listed | undefined, listed: Listed, {plugins, removes = []}: Wished = {}) {
  const trees = plugins?.map(text => {
    const [id = '', version = ''] = text.split('@')
    return {id, version, path: `/var/lib/grafana/plugins/${id}`}
  })
  const {before: _, ...trial} = aTrial({listed, removesPlugins: removes})
  const nodes = [aNodeObservation({trial: {...trial, ...(before ? {before} : {})}})]
  return spoken(grafanaPlugins, aJudged({nodes, ...(trees ? {wish: {plugins: trees}} : {})}))
}

describe('grafana/plugins', () => {
  it('passes the same plugins, newer ones and more', () => {
    expect(judge(listing('clock@2.1.3'), listing('clock@2.10.0', 'pie@1.0.0'))).toEqual(['gf1 passed: 2 plugins'])
  })

  it.each([
    [listing(), 'clock is gone'],
    [listing('clock@2.1.2'), 'clock is 2.1.2, and was 2.1.3'],
    [listing('clock@2.1'), 'clock is 2.1, and was 2.1.3'],
    [listing('clock@'), 'clock is , and was 2.1.3'],
  ])('fails what is gone or older', (now, detail) => {
    expect(judge(listing('clock@2.1.3'), now)).toEqual([`gf1 failed: ${detail}`])
  })

  it.each([
    ['1.0.0-beta2', '1.0.0'],
    ['1.0.0-beta2', '1.0.0-beta10'],
    ['1.0.0-beta2', '1.0.1-alpha1'],
    ['1.0.0+a1b2', '1.0.0+9'],
  ])('knows that %s comes before %s', (older, newer) => {
    expect(judge(listing(`clock@${older}`), listing(`clock@${newer}`))).toEqual(['gf1 passed: 1 plugins'])
  })

  it('fails what led to the release it was', () => {
    expect(judge(listing('clock@1.0.0'), listing('clock@1.0.0-beta2'))).toEqual([
      'gf1 failed: clock is 1.0.0-beta2, and was 1.0.0',
    ])
  })

  it('passes an older one that gha.yaml asks for', () => {
    expect(judge(listing('clock@2.1.3'), listing('clock@2.0.0'), {plugins: ['clock@2.0.0']})).toEqual([
      'gf1 passed: 1 plugins',
    ])
  })

  it('fails what gha.yaml names and Grafana did not load, also where none ran before', () => {
    for (const before of [listing('clock@2.1.2'), undefined]) {
      expect(judge(before, listing('clock@2.1.2'), {plugins: ['clock@2.1.3']})).toEqual([
        'gf1 failed: clock is 2.1.2, not 2.1.3',
      ])
      expect(judge(before, listing(), {plugins: ['clock@2.1.3']})).toEqual(['gf1 failed: clock 2.1.3 is not loaded'])
      expect(judge(before, listing('clock@2.1.3'), {plugins: ['clock@2.1.3']})).toEqual(['gf1 passed: 1 plugins'])
    }
  })

  it('passes the end of one that the swap takes away', () => {
    expect(judge(listing('clock@2.1.3', 'pie@1.0.0'), listing('pie@1.0.0'), {removes: ['clock']})).toEqual([
      'gf1 passed: 1 plugins',
    ])
  })

  it('never passes what nobody could list', () => {
    const silent = {...listing(), plugins: unknown('/api/plugins answers 500')}
    expect(judge(silent, listing('clock@2.1.3'))[0]).toMatch(/^gf1 unknown: before the swap/)
    expect(judge(listing(), silent)[0]).toMatch(/^gf1 unknown/)
  })
})
