import {describe, expect, it} from 'vitest'
import type {HttpResponse} from '../../../src/lib/ports/http.ts'
import {SomeDashboard} from '../../../src/lib/probe/some-dashboard.ts'

const SEARCH = {question: 'search', path: '/api/search?type=dash-db&limit=10'}
const ONE = {question: 'dashboard', path: '/api/dashboards/uid/one'}
const TWO = {question: 'dashboard', path: '/api/dashboards/uid/two'}

/** What is asked first, and after each of these answers to what was asked. */
function asked(...answers: readonly Partial<HttpResponse>[]) {
  const dashboard = new SomeDashboard()
  const all = [dashboard.next()]
  for (const answer of answers) {
    dashboard.heard(all.at(-1) ?? dashboard.next(), {status: 200, body: '{}', headers: {}, milliseconds: 1, ...answer})
    all.push(dashboard.next())
  }
  return all
}

const found = (...uids: readonly unknown[]) => ({body: JSON.stringify(uids.map(uid => ({uid, title: 'any'})))})
const LOGIN = {status: 302, headers: {location: '/login'}}

describe('some dashboard', () => {
  it('is searched, and then read by its uid', () => {
    expect(asked(found('one'), {}, {})).toEqual([SEARCH, ONE, ONE, ONE])
  })

  it.each([
    ['there is none', found()],
    ['none has a uid', found(undefined, 7, '', null)],
    ['the list holds no objects', {body: '[null, 1, "one"]'}],
    ['the search is no list', {body: '<html>'}],
    ['the search fails', {status: 500, ...found('one')}],
    ['nobody is logged in', {status: 401, ...found('one')}],
  ])('stays a search where %s', (_why, answer) => {
    expect(asked(answer)).toEqual([SEARCH, SEARCH])
  })

  it.each([
    ['deleted', {status: 404}],
    ['not allowed', {status: 403}],
    ['of a schema that this path does not give', {status: 406}],
    ['elsewhere', {status: 301, headers: {location: '/d/one'}}],
  ])('that is %s gives way to another, and is not tried again', (_why, answer) => {
    const both = found('one', 'two')
    expect(asked(both, answer, both, answer, both)).toEqual([SEARCH, ONE, SEARCH, TWO, SEARCH, SEARCH])
  })

  it.each([
    ['an error of the server', {status: 503}],
    ['a lost session', {status: 401}],
    ['a session that is sent to log in', LOGIN],
  ])('is the same one after %s', (_why, answer) => {
    expect(asked(found('one'), answer)).toEqual([SEARCH, ONE, ONE])
  })

  it('is asked for as one word of the path', () => {
    expect(asked(found('a/b?c')).at(-1)?.path).toBe('/api/dashboards/uid/a%2Fb%3Fc')
  })

  it('is kept when an answer to an older question comes late', () => {
    const dashboard = new SomeDashboard()
    const answer = {status: 200, headers: {}, milliseconds: 1, ...found('one')}
    const search = dashboard.next()
    dashboard.heard(search, answer)
    dashboard.heard(search, {...answer, ...found('two')})
    expect(dashboard.next()).toEqual(ONE)
  })
})
