import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {GHA, needBuild, runGha} from '../support/gha.ts'
import {type PostgresServer, startPostgres} from '../support/postgres.ts'
import {Pty} from '../support/pty.ts'
import {type Sshd, startSshd} from '../support/sshd.ts'

const DOWN = '\u001b[B'
const ERASE_LINE = '\u0015'

let sshd: Sshd
let postgres: PostgresServer
let directory: string
let open: Pty | undefined

beforeAll(async () => {
  needBuild()
  sshd = await startSshd()
  postgres = await startPostgres({password: 'wizard-pw'})
  await postgres.createDatabase('taken')
  await postgres.query('CREATE TABLE migration_log (id serial, migration_id text, success boolean)', 'taken')
  await postgres.query('ALTER TABLE migration_log OWNER TO grafana', 'taken')
})
afterAll(async () => {
  await postgres.stop()
  await sshd.stop()
})
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gha-init-'))
})
afterEach(() => {
  open?.close()
  open = undefined
  rmSync(directory, {recursive: true})
})

function sshFlags(): string[] {
  return [
    ...['--ssh-port', String(sshd.port), '--set', `ssh.identityFile=${sshd.identityFile}`],
    ...['--set', `ssh.knownHosts=${sshd.knownHostsFile}`, '--set', 'ssh.become=none', '-C', directory],
  ]
}

function wizard(...args: string[]): Pty {
  open = new Pty([process.execPath, GHA, 'init', ...args, ...sshFlags()])
  return open
}

function written(): Record<string, never> {
  return parse(readFileSync(path.join(directory, 'gha.yaml'), 'utf8'))
}

describe('gha init on a terminal', () => {
  it('asks, tries each answer as it goes, and writes what was answered', async () => {
    const terminal = wizard()
    await terminal.answers('Name of the cluster', 'wrong name')
    await terminal.sees('must be letters, digits')
    await terminal.answers('', `${ERASE_LINE}prod`)
    await terminal.answers('User that logs in over SSH', ERASE_LINE + sshd.user)
    await terminal.answers('First node', 'gf1=127.0.0.1')
    await terminal.sees('✓ gf1 answers over SSH')
    await terminal.answers('Next node', 'gf2=127.0.0.1')
    await terminal.sees('two nodes listen on 127.0.0.1:3000')
    await terminal.answers('', `${ERASE_LINE}gf2=127.0.0.9`)
    await terminal.sees('✗ gf2')
    await terminal.answers('Take gf2 all the same?', 'n')
    await terminal.answers('Next node', '')
    await terminal.answers('Version of Grafana', `${ERASE_LINE}11.6.0`)
    await terminal.answers('Where does Grafana come from?', '')
    await terminal.answers('What stands before the nodes?', DOWN + DOWN)
    await terminal.answers('URL that browsers open', `${ERASE_LINE}https://grafana.example.com`)
    await terminal.answers('Which database do the nodes share?', '')
    await terminal.answers('Its host', `127.0.0.1:${postgres.port}`)
    await terminal.answers('Name of the database', '')
    await terminal.answers('User of the database', '')
    await terminal.answers('TLS to the database', DOWN + DOWN + DOWN)
    await terminal.answers('Password of the database user', 'not-the-password')
    await terminal.sees('✗ PostgreSQL at 127.0.0.1')
    await terminal.answers('Take this database all the same?', 'n')
    await terminal.answers('Which database do the nodes share?', '')
    await terminal.answers('Its host', `127.0.0.1:${postgres.port}`)
    await terminal.answers('Name of the database', '')
    await terminal.answers('User of the database', '')
    await terminal.answers('TLS to the database', DOWN + DOWN + DOWN)
    await terminal.answers('Password of the database user', 'wizard-pw')
    await terminal.sees('it is empty')
    await terminal.answers('Write gha.yaml', 'y')
    expect(await terminal.exited).toBe(0)

    expect(terminal.screen).toContain('The only copy of secret_key and admin_password lies in')
    expect(terminal.screen).not.toContain('wizard-pw')
    expect(written()).toMatchObject({
      name: 'prod',
      grafana: {version: '11.6.0', rootUrl: 'https://grafana.example.com'},
      nodes: [{name: 'gf1', host: '127.0.0.1'}],
      database: {type: 'postgres', sslMode: 'disable'},
    })
    expect(statSync(path.join(directory, 'secrets')).mode & 0o777).toBe(0o700)
    expect(readFileSync(path.join(directory, 'secrets', 'database_password'), 'utf8')).toBe('wizard-pw\n')
  })

  it('asks for the keys of a Grafana that is in the database, and refuses the published one', async () => {
    const database = `postgres://grafana@127.0.0.1:${postgres.port}/taken`
    const password = path.join(directory, 'pw')
    writeFileSync(password, 'wizard-pw', {mode: 0o600})
    const terminal = wizard(
      ...[
        'gf1=127.0.0.1',
        '--cluster',
        'prod',
        '--ssh-user',
        sshd.user,
        '--grafana-version',
        '11.6.0',
        '--install',
        'apt',
      ],
      ...[
        '--balancer',
        'none',
        '--root-url',
        'http://gf1/',
        '--database',
        database,
        '--database-password-file',
        password,
      ],
    )
    await terminal.sees("it is a Grafana's already")
    await terminal.answers('Its secret_key', 'SW2YcwTIb9zpOOhoPsMm')
    await terminal.sees('published default key')
    await terminal.answers('', `${ERASE_LINE}the-old-key`)
    await terminal.answers('Password of its admin', '')
    await terminal.answers('Write gha.yaml', 'y')
    expect(await terminal.exited).toBe(0)
    expect(readFileSync(path.join(directory, 'secrets', 'secret_key'), 'utf8')).toBe('the-old-key\n')
    expect(written()).not.toHaveProperty('grafana.admin')
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const terminal = wizard()
    await terminal.sees('Name of the cluster')
    terminal.type('\u0003')
    expect(await terminal.exited).toBe(5)
    await expect(async () => written()).rejects.toThrow('ENOENT')
  })
})

describe('gha init without a terminal', () => {
  it('does the same from flags', async () => {
    const run = await runGha(
      [
        ...[
          'init',
          'gf1=127.0.0.1',
          '--ssh-user',
          sshd.user,
          '--balancer',
          'none',
          '--set',
          'database.sslMode=disable',
        ],
        ...['--database', `postgres://grafana@127.0.0.1:${postgres.port}/grafana`, ...sshFlags()],
      ],
      {env: {GHA_DATABASE_PASSWORD: 'wizard-pw'}},
    )
    expect(run).toMatchObject({code: 0, stdout: ''})
    expect(run.stderr).toContain('it is empty')
    expect(written()).toMatchObject({nodes: [{name: 'gf1'}], grafana: {rootUrl: 'http://127.0.0.1:3000/'}})
    expect(readFileSync(path.join(directory, 'secrets', 'secrets_manager_key'), 'utf8')).toMatch(/^[A-Za-z0-9]{40}\n$/)
  })

  it('says what is missing and writes nothing', async () => {
    const run = await runGha(['init', '-C', directory])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('no nodes were given')
  })
})
