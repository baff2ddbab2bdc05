import {expect, it} from 'vitest'
import {migrationLockKey} from '../../../src/lib/grafana/migration-lock.ts'

it.each([
  ['postgres', 'grafana', '4004004031'],
  ['postgres', 'grafana_ha', '1968980533'],
  ['postgres', 'postgres', '3057848503'],
  ['postgres', 'grafana-ha', '4004004031'],
  ['mysql', 'grafana_ha', '1968980533'],
] as const)('is the key that Grafana takes on %s for the database %s', (type, name, key) => {
  expect(migrationLockKey(type, name)).toBe(key)
})

it('counts the whole name on MySQL', () => {
  expect(migrationLockKey('mysql', 'grafana-ha')).not.toBe(migrationLockKey('mysql', 'grafana'))
})
