import {describe, expect, it} from 'vitest'
import {grafanaOrigin} from '../../../src/lib/facts/grafana-origin.ts'
import {literal, type Settings} from '../../../src/lib/model/settings.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'

const origin = (server: Settings[string], rootUrl = 'https://grafana.example.com/') =>
  grafanaOrigin(aCluster({grafana: {rootUrl}}), aNode({httpPort: 3001, settings: {server}}))

describe("a node's own Grafana", () => {
  it('is reached at its address when it listens everywhere', () => {
    expect(origin({})).toEqual({
      destination: {host: '10.0.0.11', port: 3001},
      hostHeader: 'grafana.example.com',
      prefix: '',
    })
  })

  it('is reached where it listens, over TLS under its public name', () => {
    expect(origin({http_addr: literal('127.0.0.1'), protocol: literal('https')})).toMatchObject({
      destination: {host: '127.0.0.1', port: 3001},
      tls: {serverName: 'grafana.example.com'},
    })
    expect(origin({protocol: literal('https')}, 'https://[fd00::20]/').tls).toEqual({serverName: 'fd00::20'})
  })

  it('is reached through its socket', () => {
    const server = {protocol: literal('socket'), socket: literal('/run/grafana.sock')}
    expect(origin(server).destination).toEqual({socket: '/run/grafana.sock'})
  })

  it('has the sub-path in front unless Grafana is told not to serve from it', () => {
    const rootUrl = 'https://example.com/grafana/'
    expect(origin({}, rootUrl).prefix).toBe('/grafana')
    expect(origin({serve_from_sub_path: literal(false)}, rootUrl).prefix).toBe('')
  })
})
