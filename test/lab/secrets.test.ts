import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {LabCluster} from './support/cluster.ts'
import {secretsOf} from './support/cluster-file.ts'
import {type Trace, traceHosts, tracing} from './support/exec-trace.ts'
import {sharedCluster} from './support/shared-cluster.ts'

const HOSTS = ['gf1', 'gf2', 'gf3', 'haproxy']
const CANARY = 'canary-in-an-argument-51f0'
const PLANTED = 'planted-smtp-password-b7a2'

describe('secrets', () => {
  let cluster: LabCluster
  let trace: Trace | undefined
  const work = mkdtempSync(path.join(tmpdir(), 'gha-secrets-'))
  const said: string[] = []
  const exits: string[] = []
  let secrets: readonly string[]

  /** gha as carol, whose sudo asks a password; everything it starts is written down. */
  const traced = async (...words: readonly string[]) => {
    const file = path.join(work, `operator-${exits.length}.trace`)
    const {exitCode, stdout, stderr} = await cluster.gha(words, {under: tracing(file)})
    exits.push(`${words[0]} ${exitCode}`)
    said.push(stdout, stderr)
  }

  const wish = (sender: string) => ({
    ssh: {user: cluster.lab.state().operator.sudoUser.user, becomePassword: '${file:./secrets/sudo}'},
    nodeSettings: {gf1: {smtp: {password: '${file:./secrets/smtp}', from_name: sender}}},
  })

  beforeAll(async () => {
    cluster = await sharedCluster()
    await cluster.stand()
    const state = cluster.lab.state()
    const hidden = path.join(cluster.folder, 'secrets')
    mkdirSync(hidden, {recursive: true})
    writeFileSync(path.join(hidden, 'sudo'), state.operator.sudoUser.password, {mode: 0o600})
    writeFileSync(path.join(hidden, 'smtp'), PLANTED, {mode: 0o600})
    secrets = [...Object.values(secretsOf(state)), state.operator.sudoUser.password, PLANTED]

    trace = await traceHosts(cluster.lab, HOSTS, path.join(work, 'hosts.trace'))
    const {sshConfig} = state.operator
    await cluster.lab.operator(['ssh', '-F', sshConfig, 'gf1', `true ${CANARY}`])

    const {postgres, nodes} = state
    const database = [
      '--database',
      `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${postgres.database}`,
    ]
    const password = ['--database-password-file', path.join(hidden, 'database')]
    const named = nodes.map(({name, address}) => `${name}=${address}`)
    await traced('init', ...named, ...database, ...password, '--offline', '--yes', '-C', path.join(work, 'fresh'))

    await cluster.on('gf1', 'systemctl stop grafana-server')
    cluster.write(wish('brought up'))
    await traced('apply', '--yes')
    cluster.write(wish('rolled out'))
    await traced('rollout', '--dry-run')
    await traced('rollout', '--yes')
    await traced('check')
    await traced('status')
    await traced('render', '--out', path.join(work, 'rendered'))
    await trace.stop()
    trace = undefined
  }, 600_000)

  afterAll(async () => {
    await trace?.stop()
    cluster?.write({ssh: {}})
    rmSync(work, {recursive: true})
  })

  const hits = (text: string) => secrets.filter(secret => text.includes(secret))
  const filesIn = (folder: string) =>
    readdirSync(folder, {recursive: true, withFileTypes: true})
      .filter(entry => entry.isFile())
      .map(entry => path.join(entry.parentPath, entry.name))

  it('were at hand in every command', () => {
    expect(exits).toEqual([
      'init 0',
      'apply 0',
      'rollout 0',
      'rollout 0',
      expect.stringMatching(/^check [08]$/),
      'status 0',
      'render 0',
    ])
  })

  it('are in no argument and no environment of any program, here or on a host', () => {
    const hosts = readFileSync(path.join(work, 'hosts.trace'), 'utf8')
    expect(hosts, 'the tracer sees what is there').toContain(CANARY)
    expect(hosts.split('execve(').length).toBeGreaterThan(500)
    expect(hosts).toMatch(/execve\("[^"]*\/sudo"/)
    expect(hosts).toMatch(/execve\("\/usr\/share\/grafana\/bin\/grafana"/)
    expect(hits(hosts)).toEqual([])
    const here = readdirSync(work).filter(name => name.startsWith('operator-'))
    expect(here).toHaveLength(exits.length)
    for (const name of here) {
      const text = readFileSync(path.join(work, name), 'utf8')
      expect(text).toContain('execve(')
      expect(hits(text)).toEqual([])
    }
  })

  it('are in no output', () => {
    expect(said.join('')).toContain('[secret]')
    expect(hits(said.join(''))).toEqual([])
  })

  it('are in no journal, neither beside gha.yaml nor on a node', async () => {
    const journals = filesIn(path.join(cluster.folder, '.gha'))
    expect(journals.length).toBeGreaterThan(1)
    for (const file of journals) expect(hits(readFileSync(file, 'utf8'))).toEqual([])
    for (const node of ['gf1', 'gf2', 'gf3']) {
      const kept = await cluster.on(node, 'cat /var/lib/gha/lab/*/journal; journalctl --no-pager --all')
      expect(kept).toMatch(/ activate\n/)
      expect(hits(kept)).toEqual([])
    }
  })

  it('are in no rendered file that did not ask for them', () => {
    const rendered = filesIn(path.join(work, 'rendered'))
    expect(rendered.length).toBeGreaterThan(3)
    for (const file of rendered) expect(hits(readFileSync(file, 'utf8'))).toEqual([])
  })

  it('are in no file on a node that just anybody may read', async () => {
    const places = '/etc /home /root /run /srv /tmp /usr/share/grafana /var'
    const search = `grep -rslaF -D skip --exclude='*.deb' -f - ${places} || true`
    const asNobody = ['runuser', '-u', 'nobody', '--', 'sh', '-c', search] as const
    const input = `${secrets.join('\n')}\n`
    for (const node of ['gf1', 'gf2', 'gf3'])
      expect((await cluster.lab.onNode(node, asNobody, {input})).stdout).toBe('')
    const asRoot = await cluster.lab.onNode('gf1', ['sh', '-c', search], {input})
    expect(asRoot.stdout).toContain('/etc/grafana/grafana.ini')
  })

  it('that init makes are in its files alone', () => {
    const fresh = filesIn(path.join(work, 'fresh', 'secrets'))
    expect(fresh.length).toBeGreaterThan(2)
    const made = fresh.map(file => readFileSync(file, 'utf8').trim())
    const talk = said.join('') + readFileSync(path.join(work, 'operator-0.trace'), 'utf8')
    expect(made.filter(secret => talk.includes(secret))).toEqual([])
  })
})
