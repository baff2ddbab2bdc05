import {describe, expect, it} from 'vitest'
import {grafanaPlugins} from '../../../src/lib/checks/grafana-plugins.ts'
import type {Listed} from '../../../src/lib/facts/listed.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aJudged, aNodeObservation, aTrial, spoken} from '../../support/an-observation.ts'

const listing = (...plugins: readonly string[]): Listed => ({
  dataSources: known([]),
  plugins: known(plugins.map(text => ({id: text.split('@')[0] ?? '', version: text.split('@')[1] ?? ''}))),
})

function judge(before: Listed, listed: Listed, plugins = aCluster().grafana.plugins) {
  const cluster = aCluster({grafana: {plugins}})
  return spoken(grafanaPlugins, aJudged({cluster, nodes: [aNodeObservation({trial: aTrial({before, listed})})]}))
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

  it('passes an older one that gha.yaml asks for', () => {
    expect(judge(listing('clock@2.1.3'), listing('clock@2.0.0'), [{id: 'clock', version: '2.0.0'}])).toEqual([
      'gf1 passed: 1 plugins',
    ])
  })

  it('never passes what nobody could list', () => {
    const silent = {...listing(), plugins: unknown('/api/plugins answers 500')}
    expect(judge(silent, listing('clock@2.1.3'))[0]).toMatch(/^gf1 unknown: before the swap/)
    expect(judge(listing(), silent)[0]).toMatch(/^gf1 unknown/)
  })
})
