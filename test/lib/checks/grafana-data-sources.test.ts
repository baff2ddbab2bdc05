import {describe, expect, it} from 'vitest'
import {grafanaDataSources} from '../../../src/lib/checks/grafana-data-sources.ts'
import type {Listed} from '../../../src/lib/facts/listed.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {aJudged, aNodeObservation, aTrial, spoken} from '../../support/an-observation.ts'

const listing = (...names: readonly string[]): Listed => ({
  dataSources: known(names.map(name => ({uid: name.toLowerCase(), name}))),
  plugins: known([]),
})

function judge(trial: Parameters<typeof aTrial>[0]) {
  return grafanaDataSources.judge(aJudged({nodes: [aNodeObservation({trial: aTrial(trial)})]}))
}

describe('grafana/data-sources', () => {
  it('is asked while a node is brought back, and says so otherwise', () => {
    expect(spoken(grafanaDataSources, aJudged())[0]).toMatch(/^cluster skipped/)
  })

  it('passes what is listed as before, and more', () => {
    expect(judge({before: listing('Loki'), listed: listing('Loki', 'Tempo')})).toMatchObject([
      {status: 'passed', detail: '2 data sources'},
    ])
  })

  it('fails what is gone', () => {
    const [verdict] = judge({before: listing('Loki', 'Tempo'), listed: listing('Tempo')})
    expect(verdict).toMatchObject({status: 'failed', detail: '1 of 2 are gone: Loki'})
    expect(verdict?.severity).toBeUndefined()
  })

  it('names a few of many', () => {
    const names = (count: number) => Array.from({length: count}, (_, place) => `d${place}`)
    for (const [count, end] of [
      [20, 'd18, d19'],
      [21, 'd19, …'],
      [5000, 'd19, …'],
    ] as const) {
      const [verdict] = judge({before: listing(...names(count)), listed: listing()})
      expect(verdict?.detail).toMatch(new RegExp(`^${count} of ${count} are gone: d0, .*${end}$`))
    }
  })

  it('only warns where the swap brings other provisioned data sources', () => {
    expect(judge({before: listing('Loki'), listed: listing(), changesDataSources: true})).toMatchObject([
      {status: 'failed', severity: 'warning'},
    ])
  })

  it('never passes what nobody could list, before or after', () => {
    const silent: Listed = {dataSources: unknown('/api/datasources answers 500'), plugins: known([])}
    expect(judge({before: silent, listed: listing('Loki')})).toMatchObject([
      {status: 'unknown', detail: 'before the swap: /api/datasources answers 500'},
    ])
    expect(judge({before: listing('Loki'), listed: silent})).toMatchObject([{status: 'unknown'}])
  })

  it('is skipped where no Grafana ran before', () => {
    const trial = {login: unknown('x'), listed: listing(), changesDataSources: false}
    expect(spoken(grafanaDataSources, aJudged({nodes: [aNodeObservation({trial})]}))).toEqual([
      'gf1 skipped: it did not answer before',
    ])
  })
})
