import {mkdtempSync, readdirSync, rmSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {ensureBase, makeLists} from './base/base.ts'
import {type Lab, upLab} from './lab.ts'
import {CACHE_FOLDER} from './layout.ts'
import {DOUBLE_VERSIONS} from './packages/repository.ts'
import {networksOf, tracesOf} from './traces.ts'

const NAME = `test-${process.pid}`

describe('the lab', () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await upLab({nodes: 3, name: NAME, say: text => process.stderr.write(`${text}\n`)})
  }, 300_000)

  afterAll(async () => {
    await lab?.down()
  }, 60_000)

  const ssh = (host: string, command: string) =>
    lab.operator(['ssh', '-F', lab.state().operator.sshConfig, host, command], {timeoutMs: 60_000})

  const health = async (node: string): Promise<unknown> => {
    const address = lab.state().nodes.find(({name}) => name === node)?.address
    const retry = ['--retry', '60', '--retry-delay', '1', '--retry-all-errors', '--retry-max-time', '60']
    return JSON.parse((await lab.operator(['curl', '-s', ...retry, `http://${address}:3000/api/health`])).stdout)
  }

  it('answers ssh on every host, which is all up and lets ops become root', async () => {
    const hosts = ['gf1', 'gf2', 'gf3', 'haproxy', 'nginx']
    // On a busy machine a unit that nobody needs may fail at boot: what matters is named.
    const failed = 'systemctl list-units --state=failed --plain --no-legend ssh.service nginx.service haproxy.service'
    const answers = await Promise.all(hosts.map(host => ssh(host, `hostname; sudo -n id -u; ${failed}`)))
    expect(answers.map(({stdout}) => stdout.split('\n'))).toEqual(hosts.map(host => [host, '0', '']))
  })

  it('asks carol for her password before she becomes root', async () => {
    const {sshConfig, sudoUser} = lab.state().operator
    const argv = ['ssh', '-F', sshConfig, '-l', sudoUser.user, 'gf1', 'sudo -S -p "" id -u'] as const
    expect((await lab.operator(argv, {input: 'wrong\n'})).exitCode).not.toBe(0)
    expect((await lab.operator(argv, {input: `${sudoUser.password}\n`})).stdout).toBe('0\n')
  })

  it('offers every version to apt, without an update before', async () => {
    const {stdout} = await ssh('gf3', 'apt-cache madison grafana')
    expect(stdout.split('\n').flatMap(line => line.split('|')[1]?.trim() ?? [])).toEqual([...DOUBLE_VERSIONS].reverse())
  })

  it('reads a repository once for labs that come up at the same time', async () => {
    const base = await ensureBase(() => {})
    const work = mkdtempSync(path.join(CACHE_FOLDER, 'lists-'))
    try {
      const request = {base, apt: lab.state().apt.folder, out: path.join(work, 'lists')}
      await Promise.all([makeLists(request), makeLists(request)])
      expect([readdirSync(work), readdirSync(request.out)]).toEqual([['lists'], ['var']])
    } finally {
      rmSync(work, {recursive: true, force: true})
    }
  })

  it('installs a version that neither runs nor is enabled, until somebody configures and starts it', async () => {
    const install = [
      'sudo apt-get -qq install -y grafana=12.1.0 >/dev/null 2>&1 || exit 1',
      'systemctl is-enabled grafana-server; systemctl is-active grafana-server',
      'stat -c "%U:%G %a" /etc/grafana /etc/grafana/grafana.ini',
    ]
    const {stdout} = await ssh('gf1', install.join('\n'))
    expect(stdout).toBe('disabled\ninactive\nroot:grafana 755\nroot:grafana 640\n')

    const {host, port, database, user, password} = lab.state().postgres
    const ini = ['[database]', 'type = postgres', `host = ${host}:${port}`, `name = ${database}`, `user = ${user}`]
    await lab.onNode('gf1', ['tee', '/etc/grafana/grafana.ini'], {
      input: [...ini, `password = ${password}`, ''].join('\n'),
    })
    await ssh('gf1', 'sudo systemctl start grafana-server')
    expect(await health('gf1')).toMatchObject({database: 'ok', version: '12.1.0'})
  })

  it('upgrades to the next version, and the package restarts what runs', async () => {
    expect((await ssh('gf1', 'sudo apt-get -qq install -y grafana=12.1.1 >/dev/null 2>&1')).exitCode).toBe(0)
    expect(await health('gf1')).toMatchObject({version: '12.1.1'})
  })

  it('has databases and caches that answer from the place of a node', async () => {
    const {postgres, mariadb, redis, memcached} = lab.state()
    const fromNode = async (argv: readonly [string, ...string[]], env = {}) =>
      (await lab.inNetworkOf('gf2', argv, {env})).stdout.trim()
    const {host, user, database} = postgres
    expect(
      await fromNode(['psql', '-h', host, '-U', user, database, '-tAc', 'SELECT inet_client_addr()'], {
        PGPASSWORD: postgres.password,
      }),
    ).toBe(lab.state().nodes[1]?.address)
    expect(
      await fromNode(['mariadb', '-h', mariadb.host, '-u', mariadb.user, mariadb.database, '-BNe', 'SELECT 1'], {
        MYSQL_PWD: mariadb.password,
      }),
    ).toBe('1')
    expect(await fromNode(['redis-cli', '-h', redis.host, 'ping'], {REDISCLI_AUTH: redis.password})).toBe('PONG')
    const ask = `exec 3<>/dev/tcp/${memcached.host}/${memcached.port}; echo version >&3; head -1 <&3`
    expect(await fromNode(['bash', '-c', ask])).toMatch(/^VERSION /)
  })

  it('runs both balancers, each reloadable, HAProxy with its socket', async () => {
    const haproxy = await ssh(
      'haproxy',
      'sudo systemctl reload haproxy && echo show info | sudo socat - /run/haproxy/admin.sock',
    )
    expect(haproxy.stdout).toContain('Name: HAProxy')
    const nginx = await ssh('nginx', 'sudo nginx -t 2>&1 && sudo systemctl reload nginx && systemctl is-active nginx')
    expect(nginx.stdout).toMatch(/\nactive\n$/)
  })

  it('has no way out', async () => {
    for (const argv of [
      ['ip', 'route', 'show', 'default'],
      ['ip', '-6', 'route', 'show', 'default'],
    ] as const) {
      expect((await lab.operator(argv)).stdout).toBe('')
      expect((await lab.onNode('gf1', argv)).stdout).toBe('')
    }
  })

  describe('breaks its hosts', () => {
    const answers = async (host: string) =>
      (await lab.operator(['ssh', '-F', lab.state().operator.sshConfig, '-o', 'ConnectTimeout=1', host, 'true']))
        .exitCode === 0

    it('cuts the power, and what was on disk is there when it is back', async () => {
      await ssh('gf2', 'echo kept > /home/ops/note')
      await lab.cutPower('gf2')
      expect(await answers('gf2')).toBe(false)
      await lab.powerOn('gf2')
      expect((await ssh('gf2', 'cat note; systemctl is-system-running || systemctl --failed --plain')).stdout).toBe(
        'kept\nrunning\n',
      )
    })

    it('powers off in order, so that services stop by their own means', async () => {
      await lab.onNode('gf3', [
        'systemd-run',
        '--unit=last-words',
        '-p',
        'ExecStop=/bin/touch /home/ops/stopped',
        'sleep',
        '1d',
      ])
      await lab.powerOff('gf3')
      expect(await answers('gf3')).toBe(false)
      await lab.powerOn('gf3')
      expect((await ssh('gf3', 'ls')).stdout).toBe('stopped\n')
    })

    it('reboots into what is enabled', async () => {
      await ssh('gf1', 'sudo systemctl enable -q grafana-server')
      const boot = 'stat -c %Y.%i /proc/1; systemctl is-active grafana-server'
      const before = (await ssh('gf1', boot)).stdout
      await lab.reboot('gf1')
      const after = (await ssh('gf1', boot)).stdout
      expect(after).toMatch(/\nactive\n$/)
      expect(after).not.toBe(before)
    })

    it('loses a cable, or the sight of one other part only', async () => {
      await lab.cutNetwork('gf1')
      expect(await answers('gf1')).toBe(false)
      await lab.healNetwork('gf1')
      expect(await answers('gf1')).toBe(true)

      const {host, port} = lab.state().postgres
      const dial = async (seconds: string) => {
        const argv = ['timeout', seconds, 'bash', '-c', `exec 3<>/dev/tcp/${host}/${port}`] as const
        return (await lab.inNetworkOf('gf1', argv)).exitCode
      }
      await lab.cutBetween('gf1', 'servers')
      expect([await dial('1'), await answers('gf1')]).toEqual([124, true])
      await lab.healBetween('gf1', 'servers')
      expect(await dial('20')).toBe(0)
    })

    it('crashes a database and brings it back', async () => {
      await lab.stopServer('postgres', 'SIGKILL')
      await lab.startServer('postgres')
      const {host, user, password, database} = lab.state().postgres
      const argv = ['psql', '-h', host, '-U', user, database, '-tAc', 'SELECT 1'] as const
      expect((await lab.operator(argv, {env: {PGPASSWORD: password}})).stdout).toBe('1\n')
    })

    it('gets one more node, and loses it again', async () => {
      await lab.addNode('late')
      expect((await ssh('late', 'getent hosts gf1 && hostname')).stdout).toMatch(/gf1\nlate\n$/)
      expect((await ssh('gf1', 'getent hosts late')).stdout).toContain('late')
      await lab.removeNode('late')
      expect(lab.state().nodes.map(({name}) => name)).toEqual(['gf1', 'gf2', 'gf3'])
    })
  })

  it('leaves nothing behind when it goes down', async () => {
    const networks = networksOf(NAME)
    expect(tracesOf(NAME, networks)).not.toEqual([])
    const reader = lab.spawnOperator(['sleep', '1000'])
    const ended = new Promise(resolve => reader.once('exit', (_, signal) => resolve(signal)))
    await lab.down()
    expect(await ended).toBe('SIGKILL')
    expect(tracesOf(NAME, networks)).toEqual([])
  })
})
