import {describe, expect, it} from 'vitest'
import {putVersion, setVersion, writtenVersion} from '../../../src/lib/config/set-version.ts'
import {versionOf} from '../../../src/lib/model/version.ts'

const TEXT = `# ours\r
grafana:   # the wish
    version:   "12.1.0"   # keep in step with the image
    settings: { a: { b: 12.1.0 } }
nodes: [ ]
`

describe('setVersion', () => {
  it('replaces the version alone; comments, blanks and line ends stay', () => {
    expect(setVersion(TEXT, versionOf('12.1.1+security-01'))).toBe(TEXT.replace('"12.1.0"', '12.1.1+security-01'))
  })

  it('is undone to the byte by what was written there', () => {
    const other = setVersion(TEXT, versionOf('12.1.1'))
    expect(putVersion(other, writtenVersion(TEXT))).toBe(TEXT)
  })

  it.each(['>-', '|-', '>', '|'])('leaves the line behind a version that stands as a block, %s', style => {
    const text = `grafana:\n  version: ${style}\n    12.1.0\n  edition: oss\n`
    const other = setVersion(text, versionOf('12.1.1'))
    expect(other).toBe('grafana:\n  version: 12.1.1\n  edition: oss\n')
    expect(putVersion(other, writtenVersion(text))).toBe(text)
  })

  it('refuses a file without a version of its own', () => {
    expect(() => setVersion('grafana: {}\n', versionOf('12.1.1'))).toThrow('found no version')
    expect(() => setVersion('a: &v 12.1.0\ngrafana: { version: *v }\n', versionOf('12.1.1'))).toThrow(
      'found no version',
    )
  })
})
