import {describe, expect, it} from 'vitest'
import {
  formatMigrationMark,
  isUntouched,
  type MigrationMark,
  parseMigrationMark,
} from '../../../src/lib/model/migration-mark.ts'
import {versionOf} from '../../../src/lib/model/version.ts'

const versions = {from: versionOf('12.3.0'), to: versionOf('13.2.0')}

describe('the mark of a node that was let go to migrate', () => {
  it.each<MigrationMark>([
    versions,
    {...versions, newest: 'add index = x'},
    {...versions, newest: 'add index', scoped: 0},
    {...versions, scoped: 12},
  ])('is read as it was written', mark => {
    expect(parseMigrationMark(formatMigrationMark(mark))).toEqual(mark)
  })

  it('is none without its versions', () => {
    expect(parseMigrationMark('newest=add index\nscoped=1\n')).toBeUndefined()
  })

  it('shows a schema as untouched while neither log has grown', () => {
    const mark = {...versions, newest: 'a', scoped: 2}
    expect(isUntouched(mark, {newest: 'a', scoped: 2})).toBe(true)
    expect(isUntouched(mark, {newest: 'b', scoped: 2})).toBe(false)
    expect(isUntouched(mark, {newest: 'a', scoped: 3})).toBe(false)
    expect(isUntouched(mark, {newest: 'a'})).toBe(false)
  })

  it('of an older gha goes by the one log that it knew', () => {
    expect(isUntouched({...versions, newest: 'a'}, {newest: 'a', scoped: 3})).toBe(true)
  })
})
