import {describe, expect, it} from 'vitest'
import {checksNamed} from '../../../src/lib/checks/checks-named.ts'
import {CHECKS} from '../../../src/lib/checks/registry.ts'

describe('checks by name', () => {
  it('are all without a name, and those that begin with one of the names otherwise', () => {
    expect(checksNamed([])).toEqual(CHECKS)
    expect(checksNamed(['ssh', 'host/cl']).map(({id}) => id)).toEqual(['ssh/reachable', 'ssh/sudo', 'host/clock'])
  })

  it('refuse a name that fits none', () => {
    expect(() => checksNamed(['ssh', 'databse'])).toThrow(/no check begins with "databse"/)
  })
})
