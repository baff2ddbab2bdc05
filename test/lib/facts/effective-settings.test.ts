import {describe, expect, it} from 'vitest'
import {AdminGate, REFUSED} from '../../../src/lib/facts/as-admin.ts'
import {askEffectiveSettings} from '../../../src/lib/facts/effective-settings.ts'
import type {HttpResponse} from '../../../src/lib/ports/http.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {FakeHost, FakeHttp} from '../../support/fake-ports.ts'

const cluster = aCluster()

async function askAll(answer: (from: string) => Partial<HttpResponse>) {
  const http = new FakeHttp(answer)
  const gate = new AdminGate()
  const settings = await Promise.all(
    cluster.nodes.map(node => askEffectiveSettings({cluster, node, host: new FakeHost(node.name), http}, gate)),
  )
  return {settings, asked: http.asked}
}

describe('effective settings', () => {
  it('are asked of every node with the admin of gha.yaml', async () => {
    const http = new FakeHttp((_from, {headers}) => ({body: JSON.stringify({seen: headers})}))
    const [node] = cluster.nodes
    const seen = await askEffectiveSettings({cluster, node: node!, host: new FakeHost('gf1'), http}, new AdminGate())
    const authorization = `Basic ${Buffer.from('admin:admin-password').toString('base64')}`
    expect(seen).toEqual({known: true, value: {seen: {authorization}}})
  })

  it('spend one wrong password in the whole cluster, not one per node', async () => {
    const {settings, asked} = await askAll(() => ({status: 401}))
    expect(settings).toEqual(cluster.nodes.map(() => ({known: false, reason: REFUSED})))
    expect(asked).toHaveLength(1)
  })

  it('are asked of the others when the first node only does not answer', async () => {
    const {settings, asked} = await askAll(from => (from === 'gf1' ? {status: 502} : {body: '{}'}))
    expect(settings.map(({known}) => known)).toEqual([false, true, true])
    expect(asked).toHaveLength(3)
  })

  it('are unknown without an admin, without a request', async () => {
    const {admin: _admin, ...grafana} = cluster.grafana
    const alone = {...cluster, grafana}
    const door = {cluster: alone, node: alone.nodes[0]!, host: new FakeHost('gf1'), http: new FakeHttp()}
    expect(await askEffectiveSettings(door, new AdminGate())).toMatchObject({known: false})
  })
})
