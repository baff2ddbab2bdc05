import {describe, expect, it} from 'vitest'
import {classifyStep} from '../../../src/lib/grafana/version-steps.ts'
import {versionOf} from '../../../src/lib/model/version.ts'

describe('a version step', () => {
  it.each([
    ['12.1.0', '12.1.0', 'none'],
    ['12.1.0', '12.1.3', 'none'],
    ['12.1.3', '12.1.0', 'none'],
    ['12.0.2', '12.0.2+security-01', 'none'],
    ['12.1.0-beta1', '12.1.0', 'additive'],
    ['12.0.2', '12.3.9', 'additive'],
    ['9.3.1', '9.5.0', 'additive'],
    ['9.5.0', '10.4.0', 'additive'],
    ['11.6.0', '12.0.0', 'additive'],
    ['13.0.1', '13.3.0', 'additive'],
    ['12.3.9', '12.4.0', 'single-writer'],
    ['12.3.9', '12.4.0-beta1', 'single-writer'],
    ['12.4.1', '13.0.0', 'single-writer'],
    ['10.4.0', '11.0.0', 'single-writer'],
    ['8.5.2', '9.0.0', 'single-writer'],
    ['7.5.5', '8.0.0', 'single-writer'],
    ['8.5.2', '12.3.0', 'single-writer'],
    ['13.3.0', '14.0.0', 'single-writer'],
    ['10.1.9', '13.0.0', 'unsupported'],
    ['10.2.0', '13.0.0', 'single-writer'],
    ['12.2.0', '12.1.0', 'unsupported'],
  ])('from %s to %s is %s', (from, to, kind) => {
    expect(classifyStep(versionOf(from), versionOf(to)).kind).toBe(kind)
  })

  it('says why', () => {
    expect(classifyStep(versionOf('12.3.0'), versionOf('12.4.0')).reason).toContain('new tables')
  })
})
