import {describe, expect, it} from 'vitest'
import {nearest} from '../../../src/lib/config/nearest.ts'

const KEYS = ['rootUrl', 'secretKey', 'settings', 'version', 'host']

describe('nearest', () => {
  it.each([
    ['root_url', 'rootUrl'],
    ['secretkey', 'secretKey'],
    ['setings', 'settings'],
    ['verison', 'version'],
    ['hst', 'host'],
  ])('%s means %s', (word, meant) => expect(nearest(word, KEYS)).toBe(meant))

  it('does not guess at what is far from everything', () => {
    expect(nearest('loadBalancer', KEYS)).toBeUndefined()
    expect(nearest('tls', KEYS)).toBeUndefined()
  })
})
