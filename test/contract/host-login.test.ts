import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createHosts} from '../../src/lib/adapters/hosts.ts'
import type {Become, SshTarget} from '../../src/lib/model/node.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import type {Host, Hosts} from '../../src/lib/ports/host.ts'
import {echoServer} from '../support/echo-server.ts'
import {eventually} from '../support/eventually.ts'
import {freePort} from '../support/free-port.ts'
import {processWords} from '../support/process-words.ts'
import {aScript, sshTarget} from '../support/ssh-target.ts'
import {type Sshd, startSshd} from '../support/sshd.ts'
import {canMakeUsers, makeSystemUser, type SystemUser} from '../support/system-user.ts'

const PASSWORD = 'Sudo pass"word\'s 42'
const FOREIGN_SHELLS = ['/usr/bin/tcsh', '/usr/bin/fish', '/usr/bin/zsh'].filter(existsSync)

let sshd: Sshd
let hosts: Hosts
const users: SystemUser[] = []

beforeAll(async () => {
  sshd = await startSshd()
  hosts = createHosts({say: () => undefined})
})

afterAll(async () => {
  await hosts.closeAll()
  await sshd.stop()
  for (const user of users) user.remove()
})

function aUser(...options: Parameters<typeof makeSystemUser>): string {
  const user = makeSystemUser(...options)
  users.push(user)
  return user.name
}

describe.runIf(canMakeUsers()).each(['ssh2', 'openssh'] as const)('sudo over %s', transport => {
  const tag = transport === 'ssh2' ? 's' : 'o'
  let asking: string
  let free: string
  let denied: string

  beforeAll(() => {
    asking = aUser(`gha-ask-${tag}`, {sudo: {password: PASSWORD}})
    free = aUser(`gha-free-${tag}`, {sudo: 'free', home: {'.bashrc': 'echo Password: >&2; sleep 0.3\n'}})
    denied = aUser(`gha-deny-${tag}`)
  })

  const as = (user: string, become: Become): Promise<Host> =>
    hosts.connect(
      `${transport} ${user} ${JSON.stringify(become)} ${Math.random()}`,
      sshTarget(sshd, {user, become, transport}),
    )
  const withPassword = (password: string): Become => ({method: 'sudo', password: new Secret(password)})

  it('gives a script root, with its input, and none keeps the login user', async () => {
    const host = await as(free, {method: 'sudo'})
    const input = new Secret('line\n')
    expect((await host.run(aScript('id -un; cat', {input}))).stdout).toBe('root\nline\n')
    expect((await (await as(free, {method: 'none'})).run(aScript('id -un'))).stdout).toBe(`${free}\n`)
  })

  it('takes a password, which the script never sees', async () => {
    const host = await as(asking, withPassword(PASSWORD))
    const input = new Secret('only this')
    const {stdout, stderr} = await host.run(aScript('id -un; cat', {input}))
    expect([stdout, stderr]).toEqual(['root\nonly this', ''])
  })

  it('is asked for the password over a shell that waited as over the first', async () => {
    const host = await as(asking, withPassword(PASSWORD))
    for (let n = 0; n < 4; n += 1) {
      expect(await host.run(aScript('id -u'))).toMatchObject({stdout: '0\n'})
      await sleep(200)
    }
  })

  it('keeps the password to itself where sudo does not ask', async () => {
    const host = await as(free, withPassword('never asked for'))
    const {stdout} = await host.run(aScript('id -un; cat', {input: new Secret('only this')}))
    expect(stdout).toBe('root\nonly this')
  })

  it('says that the password is wrong, that one is needed, that the user may not', async () => {
    const wrong = (await as(asking, withPassword('wrong'))).run(aScript('id'))
    await expect(wrong).rejects.toMatchObject({code: 'SUDO_PASSWORD_WRONG', exit: 'authentication'})
    const none = (await as(asking, {method: 'sudo'})).run(aScript('id'))
    await expect(none).rejects.toMatchObject({code: 'SUDO_PASSWORD_NEEDED', exit: 'authentication'})
    const may = (await as(denied, withPassword(PASSWORD))).run(aScript('id'))
    await expect(may).rejects.toMatchObject({exit: 'authentication', code: expect.stringMatching(/^SUDO_/)})
  })

  it('stops what runs as root at the deadline', async () => {
    const host = await as(free, {method: 'sudo'})
    await expect(host.run(aScript('sleep 96.5', {deadlineSeconds: 1}))).rejects.toMatchObject({code: 'HOST_DEADLINE'})
    expect(processWords().filter(words => words.includes('96.5'))).toEqual([])
  })

  it('reaches a UNIX socket that only root may use', async () => {
    const socket = path.join(sshd.folder, `root-${transport}`)
    const server = await echoServer(socket)
    execFileSync('chmod', ['600', socket])
    const stream = await (await as(asking, withPassword(PASSWORD))).dial({socket})
    stream.end('hello')
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('hello')
    const mere = (await as(free, {method: 'none'})).dial({socket})
    await expect(mere).rejects.toMatchObject({failure: 'forbidden'})
    await server.close()
  })

  it('lets the password stand in no argv or environment', async () => {
    const host = await as(asking, withPassword(PASSWORD))
    const running = host.run(aScript('sleep 5.125'))
    // The argv and the environment of what runs as root are seen: the password would be, too.
    const seen = (words: string) =>
      expect.poll(() => processWords().some(said => said.includes(words)), {timeout: 4000})
    await seen('sleep\x005.125').toBe(true)
    await seen(`SUDO_USER=${asking}`).toBe(true)
    expect(processWords().filter(words => words.includes(PASSWORD))).toEqual([])
    await running
  })
})

describe.runIf(canMakeUsers()).each(['ssh2', 'openssh'] as const)('a login shell over %s', transport => {
  const tag = transport === 'ssh2' ? 's' : 'o'
  const answer = async (user: string) => {
    const host = await hosts.connect(`${transport} ${user}`, sshTarget(sshd, {user, transport}))
    return host.run(aScript(`printf '%s|' "it's" 'a "b" !c' "$0"; cat; exit 9`, {input: new Secret('in')}))
  }

  it('may be noisy', async () => {
    const noise = 'echo out-noise; echo err-noise >&2; printf "no newline"\n'
    const user = aUser(`gha-noisy-${tag}`, {home: {'.bashrc': noise, '.profile': noise}})
    expect(await answer(user)).toMatchObject({exitCode: 9, stdout: `it's|a "b" !c|/bin/sh|in`, stderr: ''})
  })

  it.each(FOREIGN_SHELLS)('may be no POSIX shell: %s', async shell => {
    const user = aUser(`gha-${path.basename(shell)}-${tag}`, {shell})
    expect(await answer(user)).toMatchObject({exitCode: 9, stdout: `it's|a "b" !c|/bin/sh|in`, stderr: ''})
  })

  it('that lets nobody in is named', async () => {
    const user = aUser(`gha-nologin-${tag}`, {shell: '/usr/sbin/nologin'})
    await expect(answer(user)).rejects.toMatchObject({
      code: 'HOST_SHELL',
      message: expect.stringContaining('not available'),
    })
  })
})

describe.each(['ssh2', 'openssh'] as const)('a jump host over %s', transport => {
  let inner: Sshd
  let known: string

  beforeAll(async () => {
    inner = await startSshd({keysOf: sshd})
    known = path.join(inner.folder, 'known_both')
    writeFileSync(known, `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n[127.0.0.1]:${inner.port} ${inner.hostKey}\n`)
  })

  afterAll(async () => {
    await hosts.closeAll()
    await inner.stop()
  })

  const through = (changes: Partial<SshTarget> = {}) =>
    sshTarget(inner, {
      transport,
      knownHostsFile: known,
      jump: [{host: sshd.host, port: sshd.port, user: sshd.user}],
      ...changes,
    })

  it('is passed, and the target sees it as its peer', async () => {
    const logged = sshd.log().length
    const host = await hosts.connect(`j ${transport}`, through())
    expect((await host.run(aScript('echo through'))).stdout).toBe('through\n')
    expect(sshd.log().slice(logged)).toContain('Accepted publickey')
    const stream = await host.dial({host: '127.0.0.1', port: inner.port})
    expect(String((await once(stream, 'data'))[0])).toMatch(/^SSH-/)
    stream.destroy()
  })

  it('may be two, one behind the other', async () => {
    const jump = [inner, sshd].map(({host, port, user}) => ({host, port, user}))
    const host = await hosts.connect(`jj ${transport}`, through({jump}))
    expect((await host.run(aScript('echo through'))).stdout).toBe('through\n')
  })

  it('is verified under its own name, and so is what lies behind it', async () => {
    const only = (server: Sshd) => ({knownHostsFile: server.knownHostsFile})
    const unknownJump = hosts.connect(`a ${transport}`, through(only(inner)))
    await expect(unknownJump).rejects.toMatchObject({code: 'HOST_KEY_UNKNOWN'})
    const unknownTarget = hosts.connect(`b ${transport}`, through(only(sshd)))
    await expect(unknownTarget).rejects.toMatchObject({code: 'HOST_KEY_UNKNOWN'})
  })
})

describe.each(['ssh2', 'openssh'] as const)('a login over %s', transport => {
  it('that fails says what was tried and what to do', async () => {
    const other = await startSshd()
    const attempt = hosts.connect(`x ${transport}`, sshTarget(sshd, {transport, identityFile: other.identityFile}))
    await expect(attempt).rejects.toMatchObject({
      code: 'SSH_AUTH_FAILED',
      exit: 'authentication',
      hint: expect.stringContaining('ssh-copy-id'),
    })
    await other.stop()
  })

  it('says that nothing listens, and that a name does not resolve', async () => {
    const port = await freePort()
    const closed = hosts.connect(`c ${transport}`, sshTarget(sshd, {transport, port}))
    await expect(closed).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringMatching(/refused/i),
      exit: 'preflight',
    })
    const unknown = hosts.connect(`d ${transport}`, sshTarget(sshd, {transport, host: 'no.such.invalid'}))
    await expect(unknown).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringMatching(/resolve|not known/i),
    })
  })

  it('gives up on a port that never answers', async () => {
    const silent = await echoServer(0)
    const attempt = hosts.connect(`e ${transport}`, sshTarget(sshd, {transport, port: silent.port}))
    await expect(attempt).rejects.toMatchObject({exit: expect.stringMatching(/preflight/)})
    await silent.close()
  })
})

describe('the system’s ssh', () => {
  it('ends with gha, even when gha is killed', async () => {
    const folder = path.join(sshd.folder, 'tmp')
    mkdirSync(folder)
    const script = `
      const {createHosts} = await import(${JSON.stringify(path.resolve('src/lib/adapters/hosts.ts'))})
      await createHosts({say() {}}).connect('n1', ${JSON.stringify(sshTarget(sshd, {transport: 'openssh'}))})
      console.log('connected')
      setInterval(() => {}, 1000)`
    const gha = spawn(process.execPath, ['--input-type=module', '-e', script], {env: {...process.env, TMPDIR: folder}})
    await once(gha.stdout, 'data')
    const masters = () => processWords().filter(words => words.startsWith('ssh\0') && words.includes(folder))
    expect([masters().length, readdirSync(folder).length]).toEqual([1, 1])
    gha.kill('SIGKILL')
    await once(gha, 'exit')
    await eventually('nothing is left', 20_000, () => masters().length === 0 && readdirSync(folder).length === 0)
  })
})

describe('a key with a passphrase', () => {
  it('needs an agent, which is named when there is none', async () => {
    const locked = path.join(sshd.folder, 'locked')
    copyFileSync(sshd.identityFile, locked)
    copyFileSync(`${sshd.identityFile}.pub`, `${locked}.pub`)
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'pass phrase', '-f', locked])
    const target = sshTarget(sshd, {identityFile: locked})
    const before = process.env['SSH_AUTH_SOCK']
    delete process.env['SSH_AUTH_SOCK']
    await expect(hosts.connect('locked', target)).rejects.toMatchObject({
      code: 'SSH_AUTH_FAILED',
      hint: expect.stringContaining(`ssh-add ${locked}`),
    })
    const socket = path.join(sshd.folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: 'ignore'})
    await eventually('the agent listens', 20_000, () => existsSync(socket))
    execFileSync('ssh-add', ['-q', sshd.identityFile], {env: {...process.env, SSH_AUTH_SOCK: socket}, stdio: 'ignore'})
    process.env['SSH_AUTH_SOCK'] = socket
    const later = createHosts({say: () => undefined})
    const host = await later.connect('unlocked', target)
    expect((await host.run(aScript('echo in'))).stdout).toBe('in\n')
    await later.closeAll()
    agent.kill()
    rmSync(socket, {force: true})
    if (before === undefined) delete process.env['SSH_AUTH_SOCK']
    else process.env['SSH_AUTH_SOCK'] = before
  })
})

describe('the transport auto', () => {
  it('is ssh2 where nothing speaks against it', async () => {
    expect((await hosts.connect('auto', sshTarget(sshd, {transport: 'auto'}))).transport).toBe('ssh2')
  })

  it('is openssh for a key with a certificate beside it, and for a ProxyCommand', async () => {
    const key = path.join(sshd.folder, 'certified')
    copyFileSync(sshd.identityFile, key)
    copyFileSync(`${sshd.identityFile}.pub`, `${key}.pub`)
    execFileSync('ssh-keygen', ['-q', '-s', sshd.identityFile, '-I', 'user', '-n', sshd.user, `${key}.pub`])
    const host = await hosts.connect('certified', sshTarget(sshd, {transport: 'auto', identityFile: key}))
    expect(host.transport).toBe('openssh')

    const sshConfigFile = path.join(sshd.folder, 'proxy_config')
    writeFileSync(sshConfigFile, `Host *\n  ProxyCommand nc 127.0.0.1 ${sshd.port}\n`)
    const proxied = createHosts({say: () => undefined, sshConfigFile})
    const behind = await proxied.connect('proxied', sshTarget(sshd, {transport: 'auto'}))
    expect(behind.transport).toBe('openssh')
    expect((await behind.run(aScript('echo in'))).stdout).toBe('in\n')
    await proxied.closeAll()
  })

  it('tries openssh once when ssh2 is refused, and says so', async () => {
    const other = await startSshd()
    const said: string[] = []
    const talking = createHosts({say: text => said.push(text)})
    const attempt = talking.connect('n1', sshTarget(sshd, {transport: 'auto', identityFile: other.identityFile}))
    await expect(attempt).rejects.toMatchObject({code: 'SSH_AUTH_FAILED'})
    expect(said).toEqual([expect.stringContaining("trying the system's ssh once")])
    await talking.closeAll()
    await other.stop()
  })
})
