import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {messageOf} from '../../../src/lib/errors/message-of.ts'

describe('what was thrown, in words', () => {
  it.each([
    ['an error by its message', new GhaError('no way', {code: 'NO_WAY', exit: 'bug'}), 'no way'],
    ['a text as it is', 'no way', 'no way'],
    ['nothing at all', undefined, 'undefined'],
  ])('tells %s', (_what, thrown, words) => {
    expect(messageOf(thrown)).toBe(words)
  })
})
