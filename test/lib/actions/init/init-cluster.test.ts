import {describe, expect, it} from 'vitest'
import {initCluster} from '../../../../src/lib/actions/init/init-cluster.ts'
import type {InitRequest} from '../../../../src/lib/actions/init/request.ts'
import type {InitWish} from '../../../../src/lib/actions/init/wish.ts'
import {loadCluster} from '../../../../src/lib/config/load-cluster.ts'
import {GhaError} from '../../../../src/lib/errors/gha-error.ts'
import {Secret} from '../../../../src/lib/model/secret.ts'
import type {DatabaseReport} from '../../../../src/lib/ports/database.ts'
import {FakeHost, FakeHosts, unreachable} from '../../../support/fake-ports.ts'
import {envOf, MemoryFiles, programsOf} from '../../../support/local-fakes.ts'

const WISH: InitWish = {
  name: 'prod',
  nodes: [
    {name: 'gf1', host: '10.0.0.11'},
    {name: 'gf2', host: '10.0.0.12'},
  ],
  ssh: {user: 'ops'},
  database: {type: 'postgres', host: 'db:5432', name: 'grafana', user: 'grafana'},
  set: [],
}

const ANSWERED = {
  outcome: 'answered',
  latencyMilliseconds: 3,
  serverVersion: '15.4',
  readOnly: false,
  encrypted: false,
  serverTimeMilliseconds: 0,
  content: 'empty',
  migrationCount: 0,
  scopedLogs: [],
  migrationLockHeld: false,
} as const satisfies DatabaseReport

function request(wish: Partial<InitRequest> = {}): InitRequest {
  return {
    directory: '/prod',
    wish: WISH,
    secrets: {database_password: new Secret('db-pw')},
    mode: 'unattended',
    offline: false,
    dryRun: false,
    ...wish,
  }
}

function world(report: DatabaseReport = ANSWERED, gf2: FakeHost | GhaError = new FakeHost('gf2', {run: () => '0\n'})) {
  const said: string[] = []
  const files = new MemoryFiles()
  const gf1 = new FakeHost('gf1', {run: () => '0\n'})
  const unexpected = () => Promise.reject(new Error('unexpected question'))
  const ports = {
    files,
    env: envOf({}),
    programs: programsOf({}),
    identity: {user: 'me', hostname: 'here', pid: 1, bootId: '', isAlive: () => true},
    hosts: new FakeHosts({gf1, gf2}),
    databases: {probe: async () => report, tables: unexpected, open: unexpected},
    ui: {
      interactive: false,
      say: (text: string) => void said.push(text),
      print: unexpected,
      confirm: unexpected,
      input: unexpected,
      password: unexpected,
      select: unexpected,
    },
  }
  return {files, ports, said, gf1}
}

describe('initCluster without a terminal', () => {
  it('writes a file that gha reads, and secrets that only the owner reads', async () => {
    const {files, ports} = world()
    const result = await initCluster(request(), ports)
    expect(result).toMatchObject({result: 'written', made: ['secret_key', 'secrets_manager_key', 'admin_password']})
    const cluster = await loadCluster('/prod/gha.yaml', ports)
    expect(cluster).toMatchObject({name: 'prod', nodes: [{name: 'gf1'}, {name: 'gf2', ssh: {user: 'ops'}}]})
    expect(cluster.grafana.secretKey.reveal()).toMatch(/^[A-Za-z0-9]{40}$/)
    expect(cluster.grafana.secretKey.reveal()).not.toBe(cluster.grafana.secretsManagerKey?.reveal())
    expect(cluster.database.password.reveal()).toBe('db-pw')
    for (const name of ['secret_key', 'secrets_manager_key', 'admin_password', 'database_password']) {
      expect(await files.mode(`/prod/secrets/${name}`)).toBe(0o600)
    }
    expect(files.text('/prod/secrets/.gitignore')).toBe('*\n')
    expect(files.text('/prod/gha.yaml')).not.toContain('db-pw')
  })

  it('tries hosts and database, names what does not answer, and writes nothing then', async () => {
    const {files, ports, said} = world(ANSWERED, unreachable('gf2'))
    await expect(initCluster(request(), ports)).rejects.toMatchObject({
      code: 'ANSWER_FAILED',
      exit: 'preflight',
      message: 'what was tried failed for: gf2=10.0.0.12',
      unchanged: expect.stringContaining('Nothing was written'),
    })
    expect(await files.list('/prod')).toEqual([])
    expect(said).toEqual([
      "✓ gf1 answers over SSH, with root's rights",
      '✗ gf2 (10.0.0.12): no answer from port 22. Check the address and that SSH is up.',
      '✓ PostgreSQL at db:5432, from gf1, answers in 3 ms (15.4); it is empty',
    ])
  })

  it('calls it an authentication failure where every failed answer is a login', async () => {
    const denied = {outcome: 'authentication', message: 'password authentication failed'} as const
    const gf2Denied = () => new GhaError('permission denied', {code: 'SSH_AUTH', exit: 'authentication'})
    for (const [gf2, exit] of [
      [new FakeHost('gf2', {run: () => '0\n'}), 'authentication'],
      [gf2Denied(), 'authentication'],
      [unreachable('gf2'), 'preflight'],
    ] as const) {
      await expect(initCluster(request(), world(denied, gf2).ports)).rejects.toMatchObject({exit})
    }
  })

  it.each([
    ['foreign tables', {content: 'foreign'} as const],
    ['no writes', {readOnly: true}],
  ])('refuses a database with %s', async (_, odd) => {
    const {files, ports} = world({...ANSWERED, ...odd})
    await expect(initCluster(request(), ports)).rejects.toThrow('PostgreSQL at db:5432, from gf1')
    expect(await files.list('/prod')).toEqual([])
  })

  it('wants the secret_key of a Grafana that is in the database already', async () => {
    const {files, ports} = world({...ANSWERED, content: 'grafana', migrationCount: 500})
    await expect(initCluster(request(), ports)).rejects.toMatchObject({code: 'SECRET_KEY_NEEDED', exit: 'preflight'})
    expect(await files.list('/prod')).toEqual([])
  })

  it('keeps the keys and the admin of a Grafana that is there', async () => {
    const {files, ports} = world({...ANSWERED, content: 'grafana', migrationCount: 500})
    const secrets = {database_password: new Secret('db-pw'), secret_key: new Secret('old-key')}
    const result = await initCluster(request({secrets}), ports)
    expect(result.made).toEqual(['secrets_manager_key'])
    expect(files.text('/prod/secrets/secret_key')).toBe('old-key\n')
    expect(files.text('/prod/secrets/admin_password')).toBeUndefined()
  })

  it("refuses Grafana's published key", async () => {
    const secrets = {secret_key: new Secret('SW2YcwTIb9zpOOhoPsMm')}
    await expect(initCluster(request({secrets, offline: true}), world().ports)).rejects.toThrow(/published default key/)
  })

  it.each(['gha.yaml', 'secrets/secret_key'])('overwrites no %s', async name => {
    const {files, ports} = world()
    files.put(`/prod/${name}`, 'precious', 0o600)
    await expect(initCluster(request(), ports)).rejects.toMatchObject({code: 'FILE_EXISTS', exit: 'usage'})
    expect(await files.list('/prod')).toEqual([name])
  })

  it('writes nothing in a dry run', async () => {
    const {files, ports} = world()
    const result = await initCluster(request({dryRun: true}), ports)
    expect(result).toMatchObject({result: 'shown', text: expect.stringContaining('name: prod')})
    expect(await files.list('/prod')).toEqual([])
  })

  it('reaches nothing offline, and says that the database password is open', async () => {
    const {ports, said, gf1} = world()
    const result = await initCluster(request({offline: true, secrets: {}}), ports)
    expect(result.databasePasswordMissing).toBe(true)
    expect([said, gf1.ran]).toEqual([[], []])
  })

  it('puts --set where it belongs, and refuses what leads nowhere', async () => {
    const {ports} = world()
    const set = (path: string, value: unknown) => ({...WISH, set: [{path: path.split('.'), value}]})
    const {text} = await initCluster(request({wish: set('nodes.gf2.ssh.port', 2222), offline: true}), ports)
    expect(text).toContain('    host: 10.0.0.12\n    ssh:\n      port: 2222\n')
    for (const path of ['nodes.gf9.ssh.port', 'name.first', 'grafana.vrsion']) {
      const other = world().ports
      await expect(initCluster(request({wish: set(path, 1), offline: true}), other)).rejects.toMatchObject({
        exit: 'usage',
      })
    }
  })

  it('keeps every comment where it was, but for the example of what is set', async () => {
    const text = async (...set: InitWish['set']) => {
      const wish = {...WISH, balancer: {type: 'haproxy', hosts: ['lb1']} as const, set}
      return (await initCluster(request({wish, offline: true}), world().ports)).text
    }
    const plain = await text()
    expect(plain).toContain('  # file: {}\n')
    const owned = await text({path: ['loadBalancer', 'file'], value: {}})
    const withFile = plain.replace(/( {2}# file: .*\n)+/, '  file: {}\n')
    expect(owned).toBe(withFile)
    const sized = await text({path: ['grafana', 'settings'], value: {users: {allow_sign_up: true}}})
    expect(sized).not.toContain('#   users')
    expect(sized).toMatch(
      /^ {2}# plugins: .*\n {2}# pluginSource: .*\n {2}# provisioning: .*\n\n# host is where SSH goes/m,
    )
  })

  it('needs nodes and a database', async () => {
    const {nodes: _, ...nodeless} = WISH
    await expect(initCluster(request({wish: nodeless}), world().ports)).rejects.toThrow('no nodes were given')
  })
})
