import {describe, expect, it} from 'vitest'
import {packageVersionsAgree} from '../../../src/lib/checks/package-versions-agree.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import {aJudged, aNodeObservation, anEmptyNode, spoken} from '../../support/an-observation.ts'

const withVersion = (text: string, name = 'grafana', running = text) =>
  aNodeObservation({
    package: known({
      installed: {name, text, version: versionOf(text), condition: 'whole'},
      restartOnUpgrade: false,
    }),
    health: known({status: 200, database: 'ok', version: versionOf(running), milliseconds: 1}),
  })

const judge = (...nodes: ReturnType<typeof withVersion>[]) => spoken(packageVersionsAgree, aJudged({nodes}))

describe('package/versions-agree', () => {
  it('passes equal versions, and skips a node without one', () => {
    expect(judge(withVersion('12.1.0'), withVersion('12.1.0'), anEmptyNode())).toEqual([
      'gf1 passed: 12.1.0',
      'gf2 passed: 12.1.0',
      'gf3 skipped: not installed yet',
    ])
  })

  it('fails every node of a mixed cluster with what the others have', () => {
    expect(judge(withVersion('12.1.0'), withVersion('12.0.0'), withVersion('12.1.0'))).toEqual([
      'gf1 failed: has 12.1.0, others have 12.0.0',
      'gf2 failed: has 12.0.0, others have 12.1.0',
      'gf3 failed: has 12.1.0, others have 12.0.0',
    ])
  })

  it('fails a process that is older than its package', () => {
    expect(judge(withVersion('12.1.0', 'grafana', '12.0.0'))[0]).toBe('gf1 failed: has 12.1.0, but still runs 12.0.0')
  })

  it('fails the other edition', () => {
    expect(judge(withVersion('12.1.0', 'grafana-enterprise'))[0]).toBe(
      'gf1 failed: has grafana-enterprise, not grafana',
    )
  })
})
