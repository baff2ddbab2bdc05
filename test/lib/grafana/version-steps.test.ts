import {describe, expect, it} from 'vitest'
import {classifyStep} from '../../../src/lib/grafana/version-steps.ts'
import {versionOf} from '../../../src/lib/model/version.ts'

const reasonOf = (from: string, to: string) => classifyStep(versionOf(from), versionOf(to)).reason

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
    ['13.3.0', '14.0.0-beta1', 'single-writer'],
    ['14.0.0-beta1', '14.0.0', 'single-writer'],
    ['10.1.9', '13.0.0', 'unsupported'],
    ['10.2.0', '13.0.0', 'single-writer'],
    ['12.2.0', '12.1.0', 'unsupported'],
  ])('from %s to %s is %s', (from, to, kind) => {
    expect(classifyStep(versionOf(from), versionOf(to)).kind).toBe(kind)
  })

  it('says why', () => {
    expect(reasonOf('12.3.0', '12.4.0')).toContain('new tables')
  })

  it.each([
    ['9.0.0', '11.0.0'],
    ['10.4.9', '11.0.0'],
    ['10.4.9', '12.3.0'],
  ])('from %s to %s is one of a single writer for legacy alerting alone, which gha cannot see', (from, to) => {
    expect(reasonOf(from, to)).toMatch(
      /^11\.0 drops legacy alerting; .*`\[alerting\] enabled = true`.* gha cannot tell$/,
    )
  })

  it.each([
    ['8.5.2', '11.0.0', '9.0 encrypts'],
    ['7.5.5', '11.0.0', '9.0 encrypts'],
    ['10.4.0', '12.4.0', '12.4 moves'],
    ['10.4.0', '13.0.0', '13.0 moves'],
  ])('from %s to %s is one of a single writer whatever alerts', (from, to, reason) => {
    expect(reasonOf(from, to)).toContain(reason)
    expect(reasonOf(from, to)).not.toContain('legacy')
  })
})
