import {describe, expect, it} from 'vitest'
import {parseBalancer, parseDatabase, parseNode, parseSet} from '../../../../src/lib/actions/init/arguments.ts'

describe('the arguments of gha init', () => {
  it.each([
    ['gf1=10.0.0.11', {name: 'gf1', host: '10.0.0.11'}],
    ['gf2.mgmt.example.com', {name: 'gf2', host: 'gf2.mgmt.example.com'}],
    ['10.0.0.11', {name: '10-0-0-11', host: '10.0.0.11'}],
    ['gf1=[fd00::11]', {name: 'gf1', host: '[fd00::11]'}],
  ])('%s is a node', (text, node) => expect(parseNode(text)).toEqual(node))

  it.each([
    ['postgres://grafana@db:5432/grafana', {type: 'postgres', host: 'db:5432', name: 'grafana', user: 'grafana'}],
    ['postgresql://g%40x@[fd00::5]/graf', {type: 'postgres', host: '[fd00::5]', name: 'graf', user: 'g@x'}],
    ['mysql://db', {type: 'mysql', host: 'db', name: 'grafana', user: 'grafana'}],
    [
      'postgres://db/g?sslmode=verify-full',
      {type: 'postgres', host: 'db', name: 'g', user: 'grafana', sslMode: 'verify-full'},
    ],
  ])('%s is a database', (text, database) => expect(parseDatabase(text)).toEqual(database))

  it('a password in a database URL is refused, and not repeated', () => {
    expect(() => parseDatabase('postgres://u:top-secret@db/grafana')).toThrow(/seen by every user/)
    expect(() => parseDatabase('postgres://u:top-secret@db/grafana')).not.toThrow(/top-secret/)
  })

  it.each(['sqlite:///x', 'db:5432', ''])('%s is no database', text => {
    expect(() => parseDatabase(text)).toThrow('--database is no database URL')
  })

  it('balancers have a kind and hosts', () => {
    expect(parseBalancer('haproxy=lb1,lb2')).toEqual({type: 'haproxy', hosts: ['lb1', 'lb2']})
    expect(parseBalancer('none')).toEqual({type: 'none'})
    expect(() => parseBalancer('haproxy')).toThrow('names no load balancer')
  })

  it.each([
    ['grafana.install.method=tarball', {path: ['grafana', 'install', 'method'], value: 'tarball'}],
    ['ssh.port=2222', {path: ['ssh', 'port'], value: 2222}],
    [
      'grafana/settings/auth.google={"enabled":true}',
      {path: ['grafana', 'settings', 'auth.google'], value: {enabled: true}},
    ],
    ['database.password=${env:DB}', {path: ['database', 'password'], value: '${env:DB}'}],
    ['a.b=x=y', {path: ['a', 'b'], value: 'x=y'}],
  ])('--set %s has a path and a value', (text, set) => expect(parseSet(text)).toEqual(set))

  it.each(['x', '=1', 'a..b=1', 'a={'])('--set %s is refused', text => expect(() => parseSet(text)).toThrow(/--set/))
})
