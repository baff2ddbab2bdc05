import {describe, expect, it} from 'vitest'
import {lostReason, mayTryAgain} from './judge.ts'
import type {Answer} from './request.ts'

const reply = (status: number, location?: string): Answer => ({
  kind: 'reply',
  connection: 'kept',
  ms: 1,
  bytes: 0,
  status,
  headers: location ? {location} : {},
  body: '',
})
const closed = (connection: Answer['connection']): Answer => ({
  kind: 'failure',
  failure: 'closed',
  connection,
  ms: 1,
  bytes: 0,
})

describe('what is lost', () => {
  it.each([
    ['page', 499, undefined],
    ['page', 500, 'server-error'],
    ['asset', 404, 'asset-missing'],
    ['api', 404, undefined],
  ] as const)('a %s answered with %i is %s', (kind, status, reason) => {
    expect(lostReason({kind, loggedIn: true}, reply(status))).toBe(reason)
  })

  it('a file for which the login page is given is missing', () => {
    expect(lostReason({kind: 'asset', loggedIn: false}, reply(302, '/login'))).toBe('asset-missing')
  })

  it('sends to login only who was logged in', () => {
    for (const answer of [reply(401), reply(302, '/login'), reply(302, '/grafana/login?redirectTo=x')]) {
      expect(lostReason({kind: 'page', loggedIn: true}, answer)).toBe('sent-to-login')
      expect(lostReason({kind: 'page', loggedIn: false}, answer)).toBeUndefined()
    }
    expect(lostReason({kind: 'page', loggedIn: true}, reply(302, '/'))).toBeUndefined()
  })

  it('allows a second try only to a GET on a kept connection that closed before a byte came', () => {
    expect(mayTryAgain('GET', closed('kept'))).toBe(true)
    expect(mayTryAgain('POST', closed('kept'))).toBe(false)
    expect(mayTryAgain('GET', closed('opened'))).toBe(false)
    expect(mayTryAgain('GET', closed('single'))).toBe(false)
    expect(mayTryAgain('GET', {...closed('kept'), failure: 'truncated'} as Answer)).toBe(false)
    expect(mayTryAgain('GET', reply(502))).toBe(false)
  })
})
