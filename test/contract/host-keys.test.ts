import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {createHosts} from '../../src/lib/adapters/hosts.ts'
import type {SshTarget} from '../../src/lib/model/node.ts'
import type {Hosts} from '../../src/lib/ports/host.ts'
import {aScript, sshTarget} from '../support/ssh-target.ts'
import {type Sshd, startSshd} from '../support/sshd.ts'
import {startTcpProxy} from '../support/tcp-proxy.ts'

/** More than both sides' key exchange takes, less than that and one signature. */
const KEY_EXCHANGE_BYTES = 5000

describe.each(['ssh2', 'openssh'] as const)('host keys over %s', transport => {
  let sshd: Sshd
  let other: Sshd
  let hosts: Hosts

  beforeAll(async () => {
    sshd = await startSshd({extra: ['LogLevel DEBUG2']})
    other = await startSshd()
    hosts = createHosts({say: () => undefined})
  })

  afterEach(() => hosts.closeAll())

  afterAll(async () => {
    await sshd.stop()
    await other.stop()
  })

  const target = (changes: Partial<SshTarget> = {}) => sshTarget(sshd, {transport, ...changes})
  const knownAs = (lines: string) => {
    const knownHostsFile = path.join(sshd.folder, `known-${Math.random()}`)
    writeFileSync(knownHostsFile, `${lines}\n`)
    return {knownHostsFile}
  }
  const works = async (changes: Partial<SshTarget>) => {
    const host = await hosts.connect('n1', target(changes))
    expect((await host.run(aScript('echo hi'))).stdout).toBe('hi\n')
    await hosts.closeAll()
  }
  const refused = async (changes: Partial<SshTarget>, code: string) => {
    const answer = await hosts.connect('n1', target(changes)).catch((error: unknown) => error)
    expect(answer).toMatchObject({code, exit: 'authentication', node: 'n1', hint: expect.stringMatching(/\.$/)})
    return answer as Error & {hint: string}
  }
  const name = () => `[127.0.0.1]:${sshd.port}`

  it('are taken when known: plain, without the port, in a list, by a pattern', async () => {
    await works(knownAs(`${name()} ${sshd.hostKey}`))
    await works(knownAs(`127.0.0.1 ${sshd.hostKey} a comment`))
    await works(knownAs(`# a comment\n\nelse,${name()} ${sshd.hostKey}`))
    await works(knownAs(`[127.0.0.*]:${sshd.port},!nobody ${sshd.hostKey}`))
  })

  it('are taken from a hashed file', async () => {
    const {knownHostsFile} = knownAs(`${name()} ${sshd.hostKey}`)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', knownHostsFile], {stdio: 'ignore'})
    expect(readFileSync(knownHostsFile, 'utf8')).toMatch(/^\|1\|/)
    await works({knownHostsFile})
  })

  it('are taken under a HostKeyAlias', async () => {
    const sshConfigFile = path.join(sshd.folder, 'config')
    writeFileSync(sshConfigFile, `Host node\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  HostKeyAlias the-node\n`)
    const aliased = createHosts({say: () => undefined, sshConfigFile})
    const {port: _, ...rest} = target(knownAs(`the-node ${sshd.hostKey}`))
    const host = await aliased.connect('n1', {...rest, host: 'node'})
    expect((await host.run(aScript('echo hi'))).stdout).toBe('hi\n')
    await aliased.closeAll()
  })

  it('are refused when unknown, with fingerprint and the command to look', async () => {
    const known = knownAs('')
    const error = await refused(known, 'HOST_KEY_UNKNOWN')
    expect(error.hint).toContain(`ssh -p ${sshd.port} -o UserKnownHostsFile=${known.knownHostsFile} 127.0.0.1`)
    if (transport === 'ssh2') expect(error.message).toContain(fingerprint(sshd))
    await refused(knownAs(`${name()},!${name()} ${sshd.hostKey}`), 'HOST_KEY_UNKNOWN')
    await refused({knownHostsFile: path.join(sshd.folder, 'absent')}, 'HOST_KEY_UNKNOWN')
  })

  it('are refused when revoked', async () => {
    await refused(knownAs(`${name()} ${sshd.hostKey}\n@revoked * ${sshd.hostKey}`), 'HOST_KEY_REVOKED')
  })

  it('are refused when changed, before anything of the operator was sent', async () => {
    const proxy = await startTcpProxy(sshd.port)
    const logged = sshd.log().length
    const known = knownAs(`[127.0.0.1]:${proxy.port} ${other.hostKey}`)
    await refused({...known, port: proxy.port}, 'HOST_KEY_CHANGED')
    expect(proxy.sent().length).toBeLessThan(KEY_EXCHANGE_BYTES)
    expect(proxy.sent().toString('latin1')).not.toContain(sshd.user === 'root' ? 'root' : sshd.user)
    expect(sshd.log().slice(logged)).not.toMatch(/userauth-request|publickey/)
    expect(sshd.log()).toMatch(/kex/i)
    await proxy.close()
  })
})

describe('host keys of several types', () => {
  it('are negotiated by the type that is known', async () => {
    const sshd = await startSshd()
    const rsa = path.join(sshd.folder, 'rsa')
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa])
    const both = await startSshd({keysOf: sshd, extra: [`HostKey ${rsa}`]})
    const hosts = createHosts({say: () => undefined})
    const knownHostsFile = path.join(sshd.folder, 'known_rsa')
    const rsaKey = readFileSync(`${rsa}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
    writeFileSync(knownHostsFile, `[127.0.0.1]:${both.port} ${rsaKey}\n`)
    const host = await hosts.connect('n1', sshTarget(both, {knownHostsFile}))
    expect((await host.run(aScript('echo hi'))).stdout).toBe('hi\n')
    await hosts.closeAll()
    await both.stop()
    await sshd.stop()
  })
})

describe('a host that only a certificate authority vouches for', () => {
  it('is left to the system’s ssh, and refused by ssh2', async () => {
    const sshd = await startSshd()
    const authority = path.join(sshd.folder, 'authority')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', authority])
    const hostKey = path.join(sshd.folder, 'host_key')
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'host', '-h', '-n', '127.0.0.1', `${hostKey}.pub`])
    const signed = await startSshd({keysOf: sshd, extra: [`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`]})
    const knownHostsFile = path.join(sshd.folder, 'known_ca')
    writeFileSync(knownHostsFile, `@cert-authority * ${readFileSync(`${authority}.pub`, 'utf8')}`)
    const hosts = createHosts({say: () => undefined})
    const host = await hosts.connect('n1', sshTarget(signed, {knownHostsFile, transport: 'auto'}))
    expect(host.transport).toBe('openssh')
    expect((await host.run(aScript('echo hi'))).stdout).toBe('hi\n')
    const strict = hosts.connect('n2', sshTarget(signed, {knownHostsFile, transport: 'ssh2'}))
    await expect(strict).rejects.toMatchObject({code: 'HOST_KEY_CERTIFICATE'})
    await hosts.closeAll()
    await signed.stop()
    await sshd.stop()
  })
})

describe('a setting of the ssh configuration that only the system’s ssh can follow', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd.stop())

  async function under(line: string, changes: Partial<SshTarget> = {}) {
    const sshConfigFile = path.join(sshd.folder, 'config')
    writeFileSync(sshConfigFile, `${line}\n`)
    const hosts = createHosts({say: () => undefined, sshConfigFile})
    try {
      return (await hosts.connect('n1', sshTarget(sshd, {transport: 'auto', ...changes}))).transport
    } finally {
      await hosts.closeAll()
    }
  }

  it('takes no key that it revokes, though it is known', async () => {
    const revoked = path.join(sshd.folder, 'revoked')
    writeFileSync(revoked, `${sshd.hostKey}\n`)
    await expect(under(`RevokedHostKeys ${revoked}`)).rejects.toMatchObject({code: 'HOST_KEY_REVOKED'})
  })

  it('is not passed over by ssh2: nobody connects who cannot read what is revoked', async () => {
    const strict = under(`RevokedHostKeys ${path.join(sshd.folder, 'any')}`, {transport: 'ssh2'})
    await expect(strict).rejects.toMatchObject({code: 'HOST_KEY_REVOCATIONS', exit: 'authentication', node: 'n1'})
    expect(await under('RevokedHostKeys none', {transport: 'ssh2'})).toBe('ssh2')
  })

  it('takes a key that only a program knows', async () => {
    const none = path.join(sshd.folder, 'known_none')
    const line = `KnownHostsCommand /bin/cat ${sshd.knownHostsFile}`
    expect(await under(line, {knownHostsFile: none})).toBe('openssh')
  })

  it('comes from the address that it names', async () => {
    const logged = sshd.log().length
    expect(await under('BindAddress 127.0.0.9')).toBe('openssh')
    expect(sshd.log().slice(logged)).toMatch(/Accepted publickey for \S+ from 127\.0\.0\.9 /)
  })
})

function fingerprint(sshd: Sshd): string {
  const text = execFileSync('ssh-keygen', ['-lf', path.join(sshd.folder, 'host_key.pub')], {encoding: 'utf8'})
  return text.split(' ')[1] ?? 'none'
}
