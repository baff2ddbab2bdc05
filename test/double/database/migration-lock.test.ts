import {describe, expect, it} from 'vitest'
import {lockKey} from './migration-lock.ts'

describe('the key of the migration lock', () => {
  it.each([
    ['grafana', '4004004031'],
    ['grafana_ha', '1968980533'],
    ['postgres', '3057848503'],
  ])('of %s is %s', (name, key) => {
    expect(lockKey(name)).toBe(key)
  })
})
