import {describe, expect, it} from 'vitest'
import {askMetrics, readMetrics} from '../../../src/lib/facts/metrics.ts'
import {literal} from '../../../src/lib/model/settings.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {FakeHost, FakeHttp} from '../../support/fake-ports.ts'

const PAGE = `# HELP alertmanager_cluster_members Number indicating current number of members in cluster.
# TYPE alertmanager_cluster_members gauge
alertmanager_cluster_members 3
alertmanager_peer_position 1
alertmanager_cluster_health_score 0
alertmanager_cluster_failed_peers 0
alertmanager_cluster_messages_received_total{msg_type="full_state"} 5
alertmanager_cluster_messages_received_total{msg_type="update",peer="a b"} 1.2e+1
grafana_alerting_alerts 4
`

describe('the metrics fact', () => {
  it('reads the mesh, counters summed over their labels', () => {
    expect(readMetrics({status: 200, body: PAGE, headers: {}, milliseconds: 1})).toEqual({
      known: true,
      value: {members: 3, position: 1, healthScore: 0, failedPeers: 0, messagesReceived: 17},
    })
  })

  it('knows the names of Grafana 12 too', () => {
    const body = 'grafana_alertmanager_cluster_members{org="1"} 2\ngrafana_alertmanager_peer_position 1\n'
    expect(readMetrics({status: 200, body, headers: {}, milliseconds: 1})).toEqual({
      known: true,
      value: {members: 2, position: 1},
    })
  })

  it('leaves out what a Grafana without mesh does not publish', () => {
    expect(readMetrics({status: 200, body: 'up 1\n', headers: {}, milliseconds: 1})).toEqual({known: true, value: {}})
  })

  it('logs in where the metrics are guarded', async () => {
    const metrics = {basic_auth_username: literal('m'), basic_auth_password: literal('p')}
    const cluster = aCluster({grafana: {settings: {metrics}}})
    const http = new FakeHttp((_from, {headers}) => ({status: headers?.['authorization'] === 'Basic bTpw' ? 200 : 401}))
    const door = {cluster, node: cluster.nodes[0]!, host: new FakeHost('gf1'), http}
    expect(await askMetrics(door)).toMatchObject({known: true})
  })
})
