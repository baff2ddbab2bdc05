import {describe, expect, it} from 'vitest'
import {grafanaLog} from '../../../src/lib/checks/grafana-log.ts'
import type {FatalLine} from '../../../src/lib/facts/fatal-lines.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import {aJudged, aNodeObservation, NOW, spoken} from '../../support/an-observation.ts'

const STARTED = NOW / 1000 - 3600

function judge(lines: readonly FatalLine[], version = '12.4.0') {
  const health = known({status: 200, database: 'ok', version: versionOf(version), milliseconds: 3})
  return spoken(grafanaLog, aJudged({nodes: [aNodeObservation({fatalLines: known(lines), health})]}))
}

describe('grafana/log', () => {
  it('is asked while a node is brought back, and says so otherwise', () => {
    expect(spoken(grafanaLog, aJudged())).toEqual(['cluster skipped: asked while a rollout brings a node back'])
  })

  it('passes a log without such a line', () => {
    expect(judge([])).toEqual(['gf1 passed: nothing fatal since it started'])
  })

  it('fails with the id of the pattern and the time, each once', () => {
    const line = {id: 'migration-failed', at: STARTED + 10}
    expect(judge([line, line])).toEqual([
      'gf1 failed: a migration of the database failed (migration-failed, 2027-01-15T07:00:10Z)',
    ])
  })

  it('minds no line of the process before', () => {
    expect(judge([{id: 'crash', at: STARTED - 10}, {id: 'crash'}])).toEqual([
      'gf1 passed: nothing fatal since it started',
    ])
  })

  it('minds no line that this version writes for another reason', () => {
    const line = {id: 'index-locked', at: STARTED + 10}
    expect(judge([line], '12.3.0')[0]).toMatch(/^gf1 passed/)
    expect(judge([line], '12.4.0')[0]).toMatch(/^gf1 failed/)
  })

  it('never passes a log that nobody could read', () => {
    const nodes = [aNodeObservation({fatalLines: unknown('neither a journal nor a log file can be read')})]
    expect(spoken(grafanaLog, aJudged({nodes}))[0]).toMatch(/^gf1 unknown/)
  })
})
