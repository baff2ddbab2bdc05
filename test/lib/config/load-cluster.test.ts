import {describe, expect, it} from 'vitest'
import {loadCluster} from '../../../src/lib/config/load-cluster.ts'
import {envOf, MemoryFiles, programsOf} from '../../support/local-fakes.ts'
import {ManualClock} from '../../support/manual-clock.ts'

const FILE = '/etc/prod/gha.yaml'
const GOOD = `apiVersion: gha/v1
kind: Cluster
name: prod
grafana:
  version: 12.1.0
  rootUrl: https://grafana.example.com
  secretKey: \${file:./secrets/secret_key}
  secretsManagerKey: \${env:MANAGER_KEY}
nodes:
  - { name: gf1, host: 10.0.0.11 }
  - { name: gf2, host: 10.0.0.12 }
database:
  type: postgres
  host: db
  name: grafana
  user: grafana
  password: \${cmd:[pass, show, "grafana db"]}
`

function ports(text: string | Uint8Array, warn?: (text: string) => void) {
  return {
    files: new MemoryFiles({[FILE]: text, '/etc/prod/secrets/secret_key': 'key-of-prod\n'}),
    env: envOf({MANAGER_KEY: 'second-key'}),
    programs: programsOf({'pass show grafana db': 'db-secret\n'}),
    ...(warn ? {warn} : {}),
  }
}

describe('loadCluster', () => {
  it('follows references to files, environment and commands', async () => {
    const {grafana, database} = await loadCluster(FILE, ports(GOOD))
    expect(grafana.secretKey.reveal()).toBe('key-of-prod')
    expect(grafana.secretsManagerKey?.reveal()).toBe('second-key')
    expect(database.password.reveal()).toBe('db-secret')
  })

  it('fills in the defaults', async () => {
    const cluster = await loadCluster(FILE, ports(GOOD))
    expect(cluster).toMatchObject({
      file: FILE,
      grafana: {edition: 'oss', rootUrl: 'https://grafana.example.com/', install: {method: 'apt'}},
      database: {port: 5432, sslMode: 'disable'},
      cache: {type: 'database'},
      live: {mode: 'off'},
      alerting: {mode: 'gossip', port: 9094},
      loadBalancer: {type: 'none'},
      rollout: {minHealthySeconds: 45, healthyDeadlineSeconds: 180, autoRevert: true},
    })
    expect(cluster.nodes[1]).toMatchObject({
      address: '10.0.0.12',
      httpPort: 3000,
      balancerName: 'gf2',
      ssh: {host: '10.0.0.12', become: {method: 'sudo'}, transport: 'auto'},
      service: {manager: 'systemd', unit: 'grafana-server'},
      paths: {config: '/etc/grafana/grafana.ini', state: '/var/lib/gha/prod/gf2'},
    })
  })

  it('lists every problem with its place in one error', async () => {
    const wrong = GOOD.replace('kind: Cluster', 'kind: Clutser').replace('host: 10.0.0.12', 'host: 10.0.0.11')
    await expect(loadCluster(FILE, ports(wrong))).rejects.toMatchObject({
      code: 'CLUSTER_FILE_INVALID',
      exit: 'usage',
      message: expect.stringMatching(
        /^\/etc\/prod\/gha\.yaml has 2 problems\n {2}gha\.yaml:2:7 kind: must be Cluster, not "Clutser"\n {2}gha\.yaml:11:24 nodes\/1\/host: two nodes listen on 10\.0\.0\.11:3000$/,
      ),
    })
  })

  it('says where no file is', async () => {
    await expect(loadCluster('/nowhere/gha.yaml', ports(GOOD))).rejects.toMatchObject({
      code: 'CLUSTER_FILE_MISSING',
      unchanged: 'Nothing was changed.',
    })
  })

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${GOOD}`, 'utf16le')],
    ['Latin-1', Buffer.from(`# M\u00fcnchen\n${GOOD}`, 'latin1')],
  ])('refuses %s, and says that nothing was changed', async (_, bytes) => {
    await expect(loadCluster(FILE, ports(bytes))).rejects.toMatchObject({
      message: 'gha.yaml:1:1 is not UTF-8 text',
      unchanged: 'Nothing was changed.',
      hint: 'Save it as UTF-8.',
    })
  })

  it('never opens a pipe, which might have no other end', async () => {
    const asked = ports(GOOD)
    const files = Object.assign(asked.files, {
      kind: async () => 'other' as const,
      read: async () => Promise.reject(new Error('opened')),
    })
    await expect(loadCluster(FILE, {...asked, files})).rejects.toMatchObject({
      code: 'CLUSTER_FILE_INVALID',
      message: `${FILE} is no regular file`,
    })
  })

  it('warns of a secret in clear text', async () => {
    const heard: string[] = []
    await loadCluster(
      FILE,
      ports(GOOD.replace('${env:MANAGER_KEY}', 'clear'), text => heard.push(text)),
    )
    expect(heard).toEqual([
      expect.stringContaining('gha.yaml:8:22 grafana/secretsManagerKey: this secret stands in clear'),
    ])
  })

  it('says after two seconds which command it waits for, and not what it prints', async () => {
    const clock = new ManualClock()
    const heard: string[] = []
    let end = (_: string) => {}
    const programs = {output: () => new Promise<string>(resolve => (end = resolve))}
    const impatience = {clock, say: (text: string) => heard.push(text)}
    const loading = loadCluster(FILE, {...ports(GOOD), programs, impatience})
    await clock.pass(1999)
    expect(heard).toEqual([])
    await clock.pass(1)
    end('db-secret')
    expect((await loading).database.password.reveal()).toBe('db-secret')
    await clock.pass(60_000)
    expect(heard).toEqual(['gha.yaml:17:13 database/password: waiting for this command to end'])
  })

  it('says nothing of a command that is quick', async () => {
    const clock = new ManualClock()
    const heard: string[] = []
    await loadCluster(FILE, {...ports(GOOD), impatience: {clock, say: text => heard.push(text)}})
    await clock.pass(60_000)
    expect(heard).toEqual([])
  })
})
