import {execFile} from 'node:child_process'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {databaseSection} from '../support/database-section.ts'
import {launchDouble, removeDoubles, startDouble, stopDoubles, treeOf} from '../support/double.ts'
import {type PostgresServer, startPostgres} from '../support/postgres.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterEach(stopDoubles)
afterAll(async () => {
  await removeDoubles()
  await server.stop()
})

const database = (name: string) => databaseSection(server, name)

describe('a start', () => {
  it('takes well under a second of work on a migrated database', async () => {
    const settings = database(await server.createDatabase('quick'))
    await (await startDouble({settings})).stop()
    const double = await startDouble({settings})
    expect((await double.get('/api/health')).status).toBe(200)
    const fields = readFileSync(`/proc/${double.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100
    expect(cpuSeconds).toBeLessThan(0.8)
  })

  it('shows a command line like that of Grafana, and writes the pid file', async () => {
    const double = await startDouble({settings: database(await server.createDatabase('line'))})
    const words = readFileSync(`/proc/${double.pid}/cmdline`, 'utf8').split('\0')
    expect(words.slice(0, 3)).toEqual([path.join(double.home, 'bin', 'grafana'), 'server', `--homepath=${double.home}`])
    expect(readFileSync(`/proc/${double.pid}/comm`, 'utf8')).toBe('grafana\n')
    const pidfile = words.find(word => word.startsWith('--pidfile='))?.slice('--pidfile='.length) ?? ''
    expect(readFileSync(pidfile, 'utf8')).toBe(String(double.pid))
  })

  it('logs the sequence of the winner', async () => {
    const double = await startDouble({settings: database(await server.createDatabase('winner'))})
    const messages = [
      ...double
        .output()
        .matchAll(
          /msg="?(Locking database|Starting DB migrations|migrations completed|Unlocking database|HTTP Server Listen)/g,
        ),
    ]
    expect(messages.map(match => match[1])).toEqual([
      'Locking database',
      'Starting DB migrations',
      'migrations completed',
      'Unlocking database',
      'HTTP Server Listen',
    ])
    expect(double.output()).toMatch(/msg="migrations completed" performed=\d\d skipped=0/)
  })

  it('works on the SQLite file of a freshly installed package', async () => {
    const double = await startDouble()
    expect(await (await double.get('/api/health')).json()).toMatchObject({database: 'ok', version: '12.1.0'})
  })

  it.each([
    [
      'a database that refuses',
      '[database]\ntype = postgres\nhost = 127.0.0.1:1\n',
      /failed to connect to database.*ECONNREFUSED/,
    ],
    ['a line that does not parse', 'nonsense\n', /key-value delimiter not found/],
    [
      'an unknown option of the cache',
      '[remote_cache]\ntype = redis\nconnstr = addr=a:1,pass=x\n',
      /unrecognized option 'pass'/,
    ],
    ['a sender that is no address', '[smtp]\nfrom_address = nobody\n', /service init failed/],
    [
      'Redis as cluster and with sentinel',
      '[unified_alerting]\nha_redis_cluster_mode_enabled = true\nha_redis_sentinel_mode_enabled = true\n',
      /mutually exclusive/,
    ],
    ['a secret file that is not there', '[security]\nsecret_key = $__file{/does/not/exist}\n', /ENOENT/],
    ['https without a certificate', '[server]\nprotocol = https\n', /cert_file cannot be empty/],
  ])('is refused with status 1 for %s', async (_title, settings, message) => {
    const double = await launchDouble({settings})
    expect(await double.exited).toBe(1)
    expect(double.output()).toMatch(message)
  })

  it('is refused when a PostgreSQL password has a space', async () => {
    await server.query(`CREATE ROLE spaced LOGIN PASSWORD 'a b'`)
    const settings = `[database]\ntype = postgres\nhost = ${server.host}:${server.port}\nname = grafana\nuser = spaced\npassword = a b\n`
    const double = await launchDouble({settings})
    expect(await double.exited).toBe(1)
    expect(double.output()).toMatch(/failed to connect to database/)
  })
})

describe('the command line', () => {
  const run = promisify(execFile)

  it('tells the version in each spelling', async () => {
    const bin = path.join(await treeOf('12.1.0'), 'bin', 'grafana')
    expect((await run(bin, ['--version'])).stdout).toBe('grafana version 12.1.0\n')
    expect((await run(bin, ['-v'])).stdout).toBe('grafana version 12.1.0\n')
    expect((await run(bin, ['server', '-v'])).stdout).toMatch(/^Version 12\.1\.0 \(commit: \w{10}, branch: HEAD\)\n$/)
    expect((await run(`${bin}-server`, ['-v'])).stdout).toMatch(/^Version 12\.1\.0/)
  })

  it('resets the password of the administrator from stdin', async () => {
    const double = await startDouble({settings: database(await server.createDatabase('reset'))})
    const login = (password: string) =>
      double.get('/api/user', {headers: {authorization: `Basic ${btoa(`admin:${password}`)}`}})
    expect((await login('admin')).status).toBe(200)
    const config = readFileSync(`/proc/${double.pid}/cmdline`, 'utf8')
      .split('\0')
      .find(word => word.startsWith('--config='))
    const child = run(path.join(double.home, 'bin', 'grafana'), [
      ...['cli', '--homepath', double.home, config ?? '', 'admin', 'reset-admin-password', '--password-from-stdin'],
    ])
    child.child.stdin?.end('n3w=secret\n')
    expect((await child).stdout).toContain('Admin password changed successfully ✔')
    expect((await login('admin')).status).toBe(401)
    expect((await login('n3w=secret')).status).toBe(200)
  })
})
