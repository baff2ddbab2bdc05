import {describe, expect, it} from 'vitest'
import {AdminGate, REFUSED} from '../../../src/lib/facts/as-admin.ts'
import {askListed, readDataSources, readPlugins} from '../../../src/lib/facts/listed.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {FakeHost, FakeHttp} from '../../support/fake-ports.ts'

const answer = (body: unknown, status = 200) => ({status, body: JSON.stringify(body), headers: {}, milliseconds: 1})

describe('what a Grafana lists', () => {
  it('leaves out the plugins that come with it', () => {
    const clock = {id: 'clock', signature: 'valid', info: {version: '2.1.3'}}
    expect(readPlugins(answer([clock, {id: 'text', signature: 'internal', info: {version: ''}}]))).toEqual({
      known: true,
      value: [{id: 'clock', version: '2.1.3'}],
    })
  })

  it('knows a data source by its uid, and an old one by its number', () => {
    expect(
      readDataSources(
        answer([
          {id: 1, uid: 'u', name: 'Loki'},
          {id: 2, name: 'Old'},
        ]),
      ),
    ).toMatchObject({
      value: [
        {uid: 'u', name: 'Loki'},
        {uid: '2', name: 'Old'},
      ],
    })
  })

  it('is unknown where the answer is none', () => {
    expect(readPlugins(answer([], 500))).toEqual({known: false, reason: '/api/plugins answers 500'})
    expect(readDataSources(answer({message: 'no'}))).toMatchObject({known: false})
    expect(readDataSources({...answer(''), body: '<html>'})).toMatchObject({known: false})
    expect(readDataSources(answer({}, 401))).toEqual({known: false, reason: REFUSED})
  })

  it('asks nobody again once the admin is refused', async () => {
    const cluster = aCluster()
    const http = new FakeHttp(() => ({status: 401}))
    const door = {cluster, node: cluster.nodes[0]!, host: new FakeHost('gf1'), http}
    const gate = new AdminGate()
    await askListed(door, gate)
    expect(await askListed(door, gate)).toMatchObject({plugins: {reason: REFUSED}, dataSources: {reason: REFUSED}})
    expect(http.asked).toEqual(['gf1 /api/datasources'])
  })
})
