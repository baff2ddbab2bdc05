import {inspect} from 'node:util'
import {describe, expect, it} from 'vitest'
import {cookieHeader, cookiesIn, loginRequest} from '../../../src/lib/grafana/login.ts'
import {Secret} from '../../../src/lib/model/secret.ts'

describe('a login', () => {
  it('sends name and password as JSON', () => {
    const {body, path} = loginRequest({user: 'admin', password: new Secret('s3"cret')})
    expect([path, JSON.parse(body)]).toEqual(['/login', {user: 'admin', password: 's3"cret'}])
  })

  it.each([
    ['none', undefined, ''],
    ['one, without its attributes', 'grafana_session=t1; Path=/; HttpOnly', 'grafana_session=t1'],
    ['several, in their order', ['a=1; Path=/', 'b=x=y'], 'a=1; b=x=y'],
    ['none that is taken away', ['a=; Max-Age=0', 'b=2'], 'b=2'],
    ['the last of a name', ['a=1', 'a=2'], 'a=2'],
  ])('gives back the cookies it was given: %s', (_title, given, sent) => {
    expect(cookieHeader(cookiesIn({'set-cookie': given}))).toEqual({cookie: sent})
  })

  it('keeps cookies that never print themselves', () => {
    const cookies = cookiesIn({'set-cookie': 'grafana_session=t1'})
    expect(inspect(cookies) + JSON.stringify([...cookies])).not.toContain('t1')
  })
})
