import {describe, expect, it} from 'vitest'
import {isListedAs, isMasked} from '../../../src/lib/grafana/listed-setting.ts'

describe('a setting in a listing of Grafana', () => {
  it.each([
    ['openid profile  email', 'openid profile email'],
    ['publicDashboards, logRowsPopoverMenu', 'publicDashboards,logRowsPopoverMenu'],
    ['Foo, Inc', 'Foo,Inc'],
    ['["a.com", "b.com"]', 'a.com,b.com'],
    ['["a.com", "b.com"]', '["a.com", "b.com"]'],
    ['["a.com"]', 'a.com'],
    ['[fd00::20]:9094', ''],
    ['[fd00::20]:9094', '[fd00::20]:9094'],
    ['[fd00::20]:9094, [fd00::21]:9094', '[fd00::20]:9094,[fd00::21]:9094'],
    ['Grafana Büro', 'Grafana B%C3%BCro'],
    ['/data/{team}/x', '/data/%7Bteam%7D/x'],
    ['a/ü b', 'a/%C3%BC b'],
    ['HTTPS://Example.com/a{b}#', 'https://Example.com/a%7Bb%7D'],
    ['https://user:pw@example.com/x', 'https://user:xxxxx@example.com/x'],
    ['https://user:p@w@example.com/x', 'https://user:xxxxx@example.com/x'],
    ['admin@grafana.localhost', 'admin@grafana.localhost'],
    ['100%%', '100%%'],
    ["contains(groups[*], 'admin')", "contains(groups[*],'admin')"],
    ["contains(groups[*], 'admin') && 'Admin' || 'Viewer'", "contains(groups[*], 'admin') && 'Admin' || 'Viewer'"],
  ])('of %s may be %j', (text, listed) => {
    expect(isListedAs(text, listed)).toBe(true)
  })

  it.each([
    ['3000', '8080'],
    ['a, b', 'a,c'],
    ['a,b', 'a b'],
    ['["a", "b"]', 'a,c'],
    ['[fd00::20]:9094', '[fd00::21]:9094'],
    ['', 'a'],
    ['a', ''],
    ['https://user:pw@example.com/x', 'https://other:xxxxx@example.com/x'],
    ['http://example.com:8080/a@b', 'http://example.com:9090/a@b'],
  ])('of %s is not %j', (text, listed) => {
    expect(isListedAs(text, listed)).toBe(false)
  })

  it('is masked by stars alone', () => {
    expect(isMasked('*********')).toBe(true)
    for (const listed of ['', '* x', '/etc/grafana/license.jwt']) expect(isMasked(listed)).toBe(false)
  })
})
