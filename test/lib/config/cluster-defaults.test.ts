import {describe, expect, it} from 'vitest'
import {loadCluster} from '../../../src/lib/config/load-cluster.ts'
import type {Cluster} from '../../../src/lib/model/cluster.ts'
import {envOf, MemoryFiles, programsOf} from '../../support/local-fakes.ts'

const FILE = '/prod/gha.yaml'

interface Wish {
  readonly grafana?: string
  readonly nodes?: string
  readonly rest?: string
}

async function read({grafana = '', nodes = '  - { name: gf1, host: 10.0.0.11 }', rest = ''}: Wish): Promise<Cluster> {
  const text = `apiVersion: gha/v1
kind: Cluster
name: prod
grafana:
  version: 11.6.0
  rootUrl: https://grafana.example.com/
  secretKey: \${env:KEY}
${grafana}
nodes:
${nodes}
database: { type: mysql, host: "[fd00::5]", name: grafana, user: grafana, password: "\${env:KEY}" }
${rest}
`
  const files = new MemoryFiles({[FILE]: text, '/prod/packages/grafana.tar.gz': '', '/prod/ca.pem': ''})
  return loadCluster(FILE, {
    files,
    env: envOf({KEY: 'a-key', SUDO: 'sudo-pw', NODE_SUDO: 'node-pw'}),
    programs: programsOf({}),
  })
}

describe('a cluster read from gha.yaml', () => {
  it('keeps several instances on one host apart by {node}', async () => {
    const {nodes} = await read({
      grafana: `  install: { method: tarball, source: { push: ./packages } }
  paths: { home: "/srv/{node}/grafana", data: "/srv/{node}/data" }
  service: { manager: command, command: { stop: [stop, "--name={node}"], restart: [run, "{node}"], status: [st] } }`,
      nodes: `  - { name: a, host: 10.0.0.11 }
  - { name: b, host: 10.0.0.11, settings: { server: { http_port: 3001 } } }`,
    })
    expect(nodes[1]).toMatchObject({
      httpPort: 3001,
      paths: {
        home: '/srv/b/grafana',
        config: '/srv/b/grafana/conf/custom.ini',
        data: '/srv/b/data',
        logs: '/srv/b/data/log',
        plugins: '/srv/b/data/plugins',
        provisioning: '/srv/b/data/provisioning',
        state: '/var/lib/gha/prod/b',
      },
      service: {stop: ['stop', '--name=b'], restart: ['run', 'b']},
    })
  })

  it('takes the image of the edition, and the container that runs it', async () => {
    const grafana = '  edition: enterprise\n  install: { method: docker }'
    const {grafana: seen, nodes} = await read({grafana})
    expect(seen.install).toEqual({method: 'docker', image: 'grafana/grafana-enterprise'})
    expect(nodes[0]?.service).toEqual({manager: 'docker', container: 'grafana'})
  })

  it('gives every hook a minute; those before a step stop, those after it warn', async () => {
    const {hooks} = await read({
      rest: `hooks:
  preNode: [./silence, "a b"]
  postNode: { run: [sh, -c, "echo $GHA_NODE"], deadline: 5m, onFailure: stop }
  postRollout: [./tell]`,
    })
    expect(hooks).toEqual({
      preNode: {argv: ['./silence', 'a b'], deadlineSeconds: 60, onFailure: 'stop'},
      postNode: {argv: ['sh', '-c', 'echo $GHA_NODE'], deadlineSeconds: 300, onFailure: 'stop'},
      postRollout: {argv: ['./tell'], deadlineSeconds: 60, onFailure: 'warn'},
    })
    await expect(read({rest: 'hooks: { preNode: { run: [a], onFailure: warn } }'})).rejects.toThrow()
    await expect(read({rest: 'hooks: { preNode: ./a }'})).rejects.toThrow()
  })

  it('takes the ssh of the cluster, and of the host on top', async () => {
    const {nodes, loadBalancer} = await read({
      nodes: '  - { name: gf1, host: "[fd00::11]", ssh: { port: 2222, becomePassword: "${env:NODE_SUDO}" } }',
      rest: `ssh: { user: ops, identityFile: keys/id, jump: [outer, "me@[fd00::1]:2200"], becomePassword: "\${env:SUDO}" }
loadBalancer: { type: haproxy, hosts: [ { host: lb1, ssh: { user: root } } ], file: {} }`,
    })
    const ssh = nodes[0]?.ssh
    expect(ssh).toMatchObject({
      host: 'fd00::11',
      port: 2222,
      user: 'ops',
      identityFile: '/prod/keys/id',
      jump: [{host: 'outer'}, {host: 'fd00::1', port: 2200, user: 'me'}],
    })
    expect(ssh?.become.method === 'sudo' && ssh.become.password?.reveal()).toBe('node-pw')
    expect(loadBalancer).toMatchObject({
      hosts: [{name: 'lb1', ssh: {user: 'root', become: {method: 'none'}}}],
      file: {path: '/etc/haproxy/haproxy.cfg', bind: '*:80', reload: ['systemctl', 'reload', 'haproxy']},
      socket: '/run/haproxy/admin.sock',
      drainTimeoutSeconds: 30,
    })
  })

  it.each([
    ['haproxy, file: {}', ['haproxy', '-c', '-q', '-f', '/etc/haproxy/haproxy.cfg']],
    ['haproxy, file: { path: /srv/h.cfg }', ['haproxy', '-c', '-q', '-f', '/srv/h.cfg']],
    ['haproxy, file: { validate: [/opt/haproxy, -c] }', ['/opt/haproxy', '-c']],
    ['nginx', ['nginx', '-t', '-q']],
    ['nginx, file: { reload: [rc-service, nginx, reload] }', ['nginx', '-t', '-q']],
    ['nginx, file: { reload: [/opt/nginx, -c, /x.conf, -s, reload] }', ['/opt/nginx', '-c', '/x.conf', '-t', '-q']],
    ['nginx, file: { validate: [/opt/nginx, -t], reload: [nginx, -s, reload] }', ['/opt/nginx', '-t']],
  ])('knows what judges the file of %s', async (balancer, words) => {
    const {loadBalancer} = await read({rest: `loadBalancer: { hosts: [ { host: lb1 } ], type: ${balancer} }`})
    expect(loadBalancer).toHaveProperty('file.validate', words)
  })

  it('knows the usual ports and takes brackets off', async () => {
    const cluster = await read({
      rest: `cache: { type: redis, address: "[::1]", tls: on, username: u, password: "a-pw" }
alerting: { mode: redis, address: redis:6380, database: 2 }
live: { mode: redis, address: live }`,
    })
    expect(cluster.database).toMatchObject({host: 'fd00::5', port: 3306, sslMode: 'false'})
    expect(cluster.cache).toMatchObject({host: '::1', port: 6379, tls: 'on', username: 'u', database: 0})
    expect(cluster.alerting).toEqual({mode: 'redis', host: 'redis', port: 6380, database: 2, tls: 'off'})
    expect(cluster.live).toEqual({mode: 'redis', host: 'live', port: 6379})
  })

  it('tells literal, raw and secret settings apart', async () => {
    const {grafana} = await read({
      grafana: `  settings:
    DEFAULT: { app_mode: production }
    users: { viewers_can_edit: true, default_theme: "\${THEME}" }
    smtp: { password: { raw: "$__file{/run/smtp}" }, user: "\${env:KEY}" }
    auth.google: { client_secret: in-clear }`,
    })
    const {settings} = grafana
    expect(settings['']).toEqual({app_mode: {kind: 'literal', text: 'production'}})
    expect(settings['users']).toEqual({
      viewers_can_edit: {kind: 'literal', text: 'true'},
      default_theme: {kind: 'literal', text: '${THEME}'},
    })
    expect(settings['smtp']?.['password']).toEqual({kind: 'raw', text: '$__file{/run/smtp}'})
    expect(settings['smtp']?.['user']).toMatchObject({kind: 'secret'})
    expect(settings['auth.google']?.['client_secret']).toMatchObject({kind: 'secret'})
  })

  it('of one node needs no mesh', async () => {
    expect((await read({})).alerting).toEqual({mode: 'single'})
  })

  it('fills in what a balancer of commands leaves out', async () => {
    const {loadBalancer} = await read({
      rest: `loadBalancer:
  type: hook
  host: { host: lbctl }
  commands: { list: [l], status: [s, "{server}"], drain: { run: [d, "{server}"], deadline: 4m }, undrain: [u, "{server}"] }`,
    })
    expect(loadBalancer).toEqual({
      type: 'hook',
      name: 'lbctl',
      folder: expect.stringMatching(/^\//),
      host: {name: 'lbctl', ssh: expect.objectContaining({host: 'lbctl'})},
      commands: {
        list: {argv: ['l'], deadlineSeconds: 30},
        status: {argv: ['s', '{server}'], deadlineSeconds: 30},
        drain: {argv: ['d', '{server}'], deadlineSeconds: 240},
        undrain: {argv: ['u', '{server}'], deadlineSeconds: 120},
      },
      drainTimeoutSeconds: 300,
      confirm: {times: 3, everySeconds: 2},
    })
  })

  it('reads durations', async () => {
    const {rollout} = await read({
      rest: 'rollout: { maxParallel: 25%, maxFailed: 1, minHealthyTime: 1m30s, healthyDeadline: 1h, autoRevert: false, canary: gf1, probe: false }',
    })
    expect(rollout).toEqual({
      maxParallel: {unit: 'percent', amount: 25},
      maxFailed: 1,
      minHealthySeconds: 90,
      healthyDeadlineSeconds: 3600,
      autoRevert: false,
      canary: 'gf1',
    })
  })

  it('is watched by the public URL unless it says otherwise', async () => {
    const usual = {url: 'https://grafana.example.com/', intervalMilliseconds: 250, errorBudget: 0.02, soakSeconds: 10}
    expect((await read({})).rollout.probe).toEqual(usual)
    const rest =
      'rollout: { probe: { url: "http://10.0.0.5/g", interval: 2s, errorBudget: 0.5%, soak: 1m, ca: ./ca.pem } }'
    const {rollout} = await read({rest})
    expect(rollout.probe).toEqual({
      ...{url: 'http://10.0.0.5/g', intervalMilliseconds: 2000, errorBudget: 0.005, soakSeconds: 60},
      ca: '/prod/ca.pem',
    })
  })
})
