import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {Pty} from '../support/pty.ts'
import type {Ended, LabCluster} from './support/cluster.ts'
import {secretsOf} from './support/cluster-file.ts'
import {sharedCluster} from './support/shared-cluster.ts'

const INI = '/etc/grafana/grafana.ini'

describe('gha refuses, says where, and changes nothing', () => {
  let cluster: LabCluster
  let before: Readonly<Record<string, string>>
  let standing: string
  let terminal: Pty | undefined

  beforeAll(async () => {
    cluster = await sharedCluster()
    await cluster.stand()
    standing = cluster.wish.marker ?? ''
    before = await cluster.fingerprint()
  }, 600_000)

  beforeEach(() => cluster.write({ssh: {}, marker: 'refused until further notice'}))

  afterAll(() => terminal?.close())

  /** The three parts of every refusal: what happened and where, what is unchanged, the next command. */
  const refused = ({exitCode, stderr}: Ended, wished: {exit: number; where: string; what: string; next: string}) => {
    expect(exitCode, stderr).toBe(wished.exit)
    const end = stderr.slice(stderr.indexOf('error:'))
    expect(end).toContain(wished.where)
    expect(end).toContain(wished.what)
    expect(end).toMatch(/\n {2}(Nothing|The script|Nobody)[^\n]+\.\n/)
    expect(end.slice(end.indexOf('→'))).toContain(wished.next)
  }
  const isUnchanged = async () => expect(await cluster.fingerprint()).toEqual(before)
  const rollout = (...words: readonly string[]) => cluster.gha(['rollout', '--yes', ...words])

  it('to go on without a terminal and without --yes', async () => {
    const ended = await cluster.gha(['rollout'])
    refused(ended, {exit: 2, where: '', what: 'there is no terminal to ask on', next: '--yes'})
    await isUnchanged()
  })

  it('to stop all nodes but one for a migration without being told to', async () => {
    const ended = await rollout('--to', '12.4.0')
    refused(ended, {exit: 8, where: 'nobody serves', what: 'one node migrates alone', next: '--accept-loss'})
    await isUnchanged()
  })

  it('to read a broken gha.yaml', async () => {
    writeFileSync(cluster.file, readFileSync(cluster.file, 'utf8').replace('minHealthyTime', 'minHealthTime'))
    const {exitCode, stderr} = await rollout()
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/gha\.yaml:\d+:\d+/)
    expect(stderr).toContain('minHealthyTime')
    await isUnchanged()
  })

  it('to reach a host that shows another key', async () => {
    const {operator, nodes} = cluster.lab.state()
    const [first, second] = [nodes[0]?.address ?? '', nodes[1]?.address ?? '']
    const known = readFileSync(operator.knownHostsFile, 'utf8').split('\n')
    const keyOf = (address: string) =>
      known
        .find(line => line.includes(address))
        ?.split(' ')
        .slice(1)
        .join(' ')
    const knownHosts = path.join(cluster.folder, 'known_hosts')
    const others = known.filter(line => !line.includes(first))
    writeFileSync(knownHosts, [...others, `${first} ${keyOf(second)}`, ''].join('\n'))
    cluster.write({ssh: {knownHosts}})
    refused(await rollout(), {
      exit: 3,
      where: 'node gf1',
      what: `host key of ${first} is not the known one`,
      next: 'ssh-keygen -R',
    })
    await isUnchanged()
  })

  it('to go on with a wrong sudo password', async () => {
    const {sudoUser} = cluster.lab.state().operator
    const sudo = path.join(cluster.folder, 'secrets/sudo')
    writeFileSync(sudo, 'not-her-password', {mode: 0o600})
    cluster.write({ssh: {user: sudoUser.user, becomePassword: '${file:./secrets/sudo}'}})
    refused(await rollout(), {
      exit: 3,
      where: 'node ',
      what: 'sudo did not take the password',
      next: 'ssh.becomePassword',
    })
    writeFileSync(sudo, sudoUser.password, {mode: 0o600})
    expect((await cluster.gha(['status'])).exitCode).toBe(0)
    await isUnchanged()
  })

  it('to call a database well that does not take the password', async () => {
    cluster.write({}, {...secretsOf(cluster.lab.state()), database: 'not-its-password'})
    const {exitCode, stdout, stderr} = await cluster.gha(['check', '--only', 'database'])
    expect(exitCode, stdout).toBe(3)
    for (const node of ['gf1', 'gf2', 'gf3'])
      expect(stdout).toMatch(new RegExp(`^failed database/login ${node} .*password authentication failed`, 'm'))
    expect(stderr).toContain('gha check --only database')
    await isUnchanged()
  })

  it('to overwrite what was edited by hand, until it is named', async () => {
    await cluster.on('gf1', `cp -p ${INI} /root/kept; echo '; by hand' >>${INI}`)
    const edited = await cluster.fingerprint()
    refused(await rollout(), {
      exit: 8,
      where: `gf1:${INI} (edited since gha wrote it)`,
      what: 'does not overwrite',
      next: `--take-over ${INI}`,
    })
    expect(await cluster.fingerprint()).toEqual(edited)
    await cluster.on('gf1', `mv /root/kept ${INI}`)
    before = await cluster.fingerprint()
  })

  it('to overwrite a balancer file that was edited by hand, until it is named', async () => {
    const file = '/etc/haproxy/haproxy.cfg'
    await isUnchanged()
    await cluster.on('haproxy', `cp -p ${file} /root/kept; echo '# by hand' >>${file}`)
    refused(await rollout(), {
      exit: 8,
      where: `haproxy:${file} (edited since gha wrote it)`,
      what: 'does not overwrite',
      next: `--take-over ${file}`,
    })
    expect(await cluster.on('haproxy', `tail -n 1 ${file}`)).toMatch(/^# by hand\n?$/)
    await cluster.on('haproxy', `mv /root/kept ${file}`)
    before = await cluster.fingerprint()
  })

  it('to carry out a plan whose world has moved since it was shown', async () => {
    terminal = new Pty(cluster.command(['rollout']), {...process.env, HOME: cluster.folder})
    await terminal.sees('Go ahead with this rollout?')
    await cluster.on('gf2', `cp -p ${INI} /root/kept; echo '; by hand' >>${INI}`)
    const edited = await cluster.fingerprint({generations: false})
    terminal.type('y\r')
    await terminal.sees('the cluster has moved since the plan was made')
    expect(await terminal.exited).toBe(8)
    expect(terminal.screen).toContain('Nothing was changed.')
    expect(await cluster.fingerprint({generations: false})).toEqual(edited)
    expect(await cluster.leftovers()).toEqual([])
    await cluster.on('gf2', `mv /root/kept ${INI}`)
    before = await cluster.fingerprint()
  })

  it('to go on when a node cannot be reached', async () => {
    await cluster.lab.cutBetween('operator', 'gf2')
    try {
      refused(await rollout(), {exit: 8, where: 'node gf2', what: 'cannot reach', next: 'Try `ssh'})
    } finally {
      await cluster.lab.healBetween('operator', 'gf2')
    }
    await isUnchanged()
  })

  it('to mind a closed pipe', async () => {
    const {exitCode, stdout} = await cluster.lab.operator([
      'bash',
      '-c',
      `"$@" | head -1; exit \${PIPESTATUS[0]}`,
      'bash',
      ...cluster.command(['status']),
    ])
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^lab {2}Grafana \d[^\n]+\n$/)])
    await isUnchanged()
  })

  it('to take a file over that it never wrote, until it is named', async () => {
    cluster.write({marker: standing})
    await cluster.on('gf3', `rm -rf /var/lib/gha; printf '[server]\\nhttp_port = 3000\\n' >${INI}`)
    before = await cluster.fingerprint()
    refused(await rollout(), {
      exit: 8,
      where: `gf3:${INI} (not written by gha)`,
      what: 'does not overwrite',
      next: `--take-over ${INI}`,
    })
    await isUnchanged()
    const {exitCode, stderr} = await rollout('--take-over', INI)
    expect(exitCode, stderr).toBe(0)
    expect(await cluster.on('gf3', `head -1 ${INI}`)).toContain('Managed by gha')
  })
})
