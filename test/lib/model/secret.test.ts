import {describe, expect, it} from 'vitest'
import {Secret} from '../../../src/lib/model/secret.ts'

const hidden = (text: string, ...values: readonly string[]) =>
  Secret.hiddenIn(
    text,
    values.map(value => new Secret(value)),
  )

describe('secrets in another text', () => {
  it.each([
    ['login with grafana-7hK!', 'login with [secret]'],
    ['grafana and grafana-7hK!', '[secret] and [secret]'],
    ['no word of it', 'no word of it'],
  ])('are hidden whole where one begins as another: %s', (text, shown) => {
    expect(hidden(text, 'grafana', 'grafana-7hK!')).toBe(shown)
    expect(hidden(text, 'grafana-7hK!', 'grafana')).toBe(shown)
  })

  it('are hidden whole where one ends in the beginning of another', () => {
    expect(hidden('-abcdef-', 'abcd', 'cdef')).toBe('-[secret]-')
  })

  it('are hidden line by line, and an empty one hides nothing', () => {
    expect(hidden('first, then first-and-more', 'first\nfirst-and-more\n', '')).toBe('[secret], then [secret]')
  })

  it('are hidden once, also where one is a word of what stands for it', () => {
    expect(hidden('the secret is x1', 'x1', 'secret')).toBe('the [secret] is [secret]')
  })
})
