import {describe, expect, it} from 'vitest'
import {
  compareVersions,
  formatVersion,
  packageVersion,
  parseVersion,
  versionOf,
} from '../../../src/lib/model/version.ts'

describe('a version', () => {
  it.each([
    ['12.1.0', '12.1.0', '12.1.0'],
    ['v12.1.0', '12.1.0', '12.1.0'],
    ['12.0.2+security-01', '12.0.2+security-01', '12.0.2-01'],
    ['12.0.2-01', '12.0.2+security-01', '12.0.2-01'],
    ['13.0.0~beta1', '13.0.0-beta1', '13.0.0~beta1'],
    ['13.0.0-123pre', '13.0.0-123pre', '13.0.0~123pre'],
    ['13.0.0~123pre', '13.0.0-123pre', '13.0.0~123pre'],
  ])('%s is %s, and %s as a deb', (text, spelled, deb) => {
    expect([formatVersion(versionOf(text)), packageVersion(versionOf(text))]).toEqual([spelled, deb])
  })

  it.each(['12.1', '12.1.0-1ubuntu1', '12.1.0.1', 'latest', ''])('is not %s', text => {
    expect(parseVersion(text)).toBeUndefined()
  })

  it('of a nightly build is older than its release', () => {
    expect(compareVersions(versionOf('13.0.0-123pre'), versionOf('13.0.0'))).toBeLessThan(0)
    expect(compareVersions(versionOf('13.0.0-123pre'), versionOf('12.4.0'))).toBeGreaterThan(0)
  })
})
