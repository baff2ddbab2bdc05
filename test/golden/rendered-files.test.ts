import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {Secret} from '../../src/lib/model/secret.ts'
import {literal} from '../../src/lib/model/settings.ts'
import {renderBalancer} from '../../src/lib/render/render-balancer.ts'
import {renderNode} from '../../src/lib/render/render-node.ts'
import {tamperedWith} from '../../src/lib/render/sealed-text.ts'
import {aCluster, aNode} from '../support/a-cluster.ts'
import {aHaproxy, anNginx, anOwnedFile} from '../support/a-load-balancer.ts'
import {NO_MATERIAL} from '../support/no-material.ts'

// A changed golden file is a decision: `npx vitest run --project golden -u` writes them anew.

const folder = mkdtempSync(path.join(tmpdir(), 'golden-'))
afterAll(() => rmSync(folder, {recursive: true}))

const NODES = [
  aNode({name: 'gf1', address: '127.0.0.11', balancerName: 'grafana-1'}),
  aNode({name: 'gf2', address: '::1', httpPort: 3001}),
]

describe('rendered files are those that were reviewed', () => {
  it.each([
    ['packaged', aCluster()],
    [
      'redis-everywhere',
      aCluster({
        nodes: NODES,
        grafana: {
          rootUrl: 'https://example.com/grafana/',
          install: {method: 'tarball', source: {type: 'push', directory: '/packages'}},
          settings: {users: {allow_sign_up: literal(false)}},
        },
        database: {...aCluster().database, ca: '/ca.pem', sslMode: 'verify-full', maxOpenConnections: 20},
        cache: {type: 'redis', host: 'fd00::5', port: 6379, database: 1, password: new Secret('s#;'), tls: 'on'},
        alerting: {mode: 'redis', host: 'redis', port: 6379, database: 2, tls: 'insecure', prefix: 'prod'},
        live: {mode: 'redis', host: 'redis', port: 6379},
      }),
    ],
  ])('grafana.ini, %s', async (name, cluster) => {
    const [ini] = renderNode(cluster, cluster.nodes[0]!, NO_MATERIAL)
    await expect(ini?.redacted).toMatchFileSnapshot(`grafana/${name}.ini`)
  })

  it.each([
    ['haproxy/packaged.cfg', aHaproxy({file: anOwnedFile({path: '/etc/haproxy/haproxy.cfg', bind: '*:80'})})],
    [
      'haproxy/elsewhere.cfg',
      aHaproxy({
        socket: '/srv/lb/s.sock',
        file: anOwnedFile({path: '/srv/lb/haproxy.cfg', bind: '127.0.0.20:8080'}),
      }),
    ],
    ['nginx/grafana.conf', anNginx()],
  ])('%s', async (name, loadBalancer) => {
    const [file] = renderBalancer(aCluster({nodes: NODES, loadBalancer}))
    expect(tamperedWith(file?.redacted ?? '', 'prod')).toBeUndefined()
    await expect(file?.redacted).toMatchFileSnapshot(name)
  })
})

describe('the balancers themselves accept', () => {
  it.each([1, 3, 30])('an HAProxy configuration of %i nodes without a warning', count => {
    const file = anOwnedFile({path: path.join(folder, `haproxy-${count}.cfg`), bind: '127.0.0.20:18080'})
    const loadBalancer = aHaproxy({socket: path.join(folder, 's.sock'), file})
    const [rendered] = renderBalancer(aCluster({nodes: manyNodes(count), loadBalancer}))
    writeFileSync(file.path, rendered!.content.reveal())
    writeFileSync(`${file.path}.server-state`, '1\n')
    const judged = spawnSync('haproxy', ['-c', '-f', file.path], {encoding: 'utf8'})
    expect(`${judged.stdout}${judged.stderr}`).not.toMatch(/WARNING|ALERT/)
    expect(judged.status).toBe(0)
  })

  it.each([1, 3, 30])('an nginx configuration of %i nodes', count => {
    const file = anOwnedFile({path: path.join(folder, `nginx-${count}`, 'grafana.conf'), bind: '127.0.0.20:18080'})
    const loadBalancer = anNginx({file})
    const [rendered] = renderBalancer(aCluster({nodes: manyNodes(count), loadBalancer}))
    mkdirSync(path.dirname(file.path), {recursive: true})
    writeFileSync(file.path, rendered!.content.reveal())
    const main = path.join(folder, `nginx-${count}.conf`)
    writeFileSync(
      main,
      `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp { access_log off; include ${file.path}; }\n`,
    )
    const judged = spawnSync('nginx', ['-t', '-c', main, '-p', folder], {encoding: 'utf8'})
    expect(judged.stderr).toContain('test is successful')
    expect(judged.stderr).not.toMatch(/\[(warn|emerg)\]/)
  })
})

function manyNodes(count: number) {
  return Array.from({length: count}, (_, index) => aNode({name: `gf${index}`, address: `127.0.7.${index + 1}`}))
}
