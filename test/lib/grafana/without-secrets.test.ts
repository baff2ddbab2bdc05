import {describe, expect, it} from 'vitest'
import {withoutSecrets} from '../../../src/lib/grafana/without-secrets.ts'

describe('words without secrets', () => {
  it.each([
    ['postgres://grafana:hunter2@db:5432/grafana', 'postgres://[secret]@db:5432/grafana'],
    ['grafana:hunter2@tcp(db:3306)/grafana', '[secret]@tcp(db:3306)/grafana'],
    ['grafana:hunter2@hunter@@hunter@tcp(db:3306)/grafana', '[secret]@tcp(db:3306)/grafana'],
    ['user=grafana password=hunter2 host=db', 'user=grafana password=[secret] host=db'],
    ['password = "hunter 2", host', 'password = [secret], host'],
    ["secret_key: 'hunter2'", 'secret_key: [secret]'],
  ])('%s', (words, shown) => {
    expect(withoutSecrets(words)).toBe(shown)
    expect(withoutSecrets(words)).not.toContain('hunter')
  })

  it.each([
    'create api_key table',
    'relation "token" does not exist',
    'dial tcp 10.0.0.1:5432: refused',
    'ann@example.com',
  ])('stay as they are: %s', words => {
    expect(withoutSecrets(words)).toBe(words)
  })
})
