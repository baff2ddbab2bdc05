import {describe, expect, it} from 'vitest'
import {readCluster} from '../../../src/lib/config/read-cluster.ts'
import {nodeSettings} from '../../../src/lib/render/node-settings.ts'
import {envOf, MemoryFiles, programsOf} from '../../support/local-fakes.ts'

const FILE = '/prod/gha.yaml'
const VERSIONS = ['7.5.0', '8.0.9', '9.3.0', '9.4.0', '9.9.0', '10.2.9', '10.3.0', '11.0.9', '11.1.0', '11.9.0']
const NEWEST = '13.0.0'
const WISHES = [
  'alerting: { mode: gossip }',
  'alerting: { mode: gossip, label: x }',
  'alerting: { mode: redis, address: redis, database: 2, username: x, password: "${env:KEY}", prefix: x }',
  'alerting: { mode: redis, address: redis, tls: on }',
  'alerting: { mode: redis, address: redis, tls: insecure }',
  'cache: { type: redis, address: redis, username: x, prefix: x }',
  'cache: { type: memcached, address: memcached, prefix: x }',
  'live: { mode: redis, address: redis }',
  'live: { mode: redis, address: redis, password: "${env:KEY}" }',
  'live: { mode: redis, address: redis, prefix: x }',
]

async function read(version: string, wish: string, grafana = '') {
  const text = `apiVersion: gha/v1
kind: Cluster
name: prod
grafana: { version: ${version}, rootUrl: "https://grafana.example.com/", secretKey: "\${env:KEY}"${grafana} }
nodes: [ { name: gf1, host: a }, { name: gf2, host: b } ]
database: { type: postgres, host: db, name: g, user: g, password: "\${env:KEY}" }
${wish}
`
  const ports = {files: new MemoryFiles({[FILE]: text}), env: envOf({KEY: 'a-key'}), programs: programsOf({})}
  return readCluster(text, {...ports, file: FILE})
}

const MANAGER_KEY = ', secretsManagerKey: "${env:KEY}"'

/** `[section] key` of all that a node's grafana.ini says; undefined where the file is refused. */
async function written(version: string, wish: string): Promise<readonly string[] | undefined> {
  const answer = await read(version, wish, version === NEWEST ? MANAGER_KEY : '')
  if ('problems' in answer) return undefined
  const {cluster} = answer
  return Object.entries(nodeSettings(cluster, cluster.nodes[0]!))
    .filter(([section]) => !section.startsWith('secrets_manager'))
    .flatMap(([section, keys]) => Object.keys(keys).map(key => `[${section}] ${key}`))
}

describe('a wish that the version of Grafana may not read', () => {
  it.each(WISHES)('%s reaches grafana.ini whole, or is a mistake in the file', async wish => {
    const all = await written(NEWEST, wish)
    expect(all).toBeDefined()
    const answers = await Promise.all(VERSIONS.map(version => written(version, wish)))
    for (const [index, keys] of answers.entries()) if (keys) expect(keys, VERSIONS[index]).toEqual(all)
    expect(answers.filter(keys => keys === undefined).length).toBeGreaterThan(0)
    expect(answers.at(-1)).toEqual(all)
  })

  it('is only warned of where it is wise before an upgrade', async () => {
    expect(await read('11.9.0', '', MANAGER_KEY)).toMatchObject({
      warnings: [{path: 'grafana/secretsManagerKey', text: expect.stringContaining('from 12.0.0 on')}],
    })
    expect(await read('12.0.0', '', MANAGER_KEY)).toMatchObject({warnings: []})
  })
})
