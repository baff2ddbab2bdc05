import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {createHosts} from '../../src/lib/adapters/hosts.ts'
import type {SshTarget} from '../../src/lib/model/node.ts'
import {aScript, sshTarget} from '../support/ssh-target.ts'
import {type Sshd, startSshd} from '../support/sshd.ts'
import {startTcpProxy} from '../support/tcp-proxy.ts'

const TRANSPORTS = ['ssh2', 'openssh'] as const

describe.each(TRANSPORTS)('a small MaxSessions over %s', transport => {
  it('only makes scripts wait', async () => {
    const sshd = await startSshd({maxSessions: 2})
    const hosts = createHosts({say: () => undefined})
    const host = await hosts.connect('n1', sshTarget(sshd, {transport}))
    const all = await Promise.all(Array.from({length: 9}, (_, n) => host.run(aScript(`echo ${n}; sleep 0.2`))))
    expect(all.map(one => one.stdout.trim())).toEqual(Array.from({length: 9}, (_, n) => String(n)))
    await hosts.closeAll()
    await sshd.stop()
  })
})

describe.each(TRANSPORTS)('a connection over %s that is cut without a reset', transport => {
  it('fails what was under way, naming what is unknown, and is made anew for the next script', async () => {
    const sshd = await startSshd()
    const proxy = await startTcpProxy(sshd.port)
    const hosts = createHosts({say: () => undefined})
    const host = await hosts.connect('n1', behind(sshd, proxy.port, transport))
    const running = host.run(aScript('sleep 50', {deadlineSeconds: 55, mutates: true}))
    const outcome = running.catch((error: unknown) => error)
    await sleep(800)
    proxy.stall()
    const started = performance.now()
    expect(await outcome).toMatchObject({
      code: 'HOST_LOST',
      exit: 'partial',
      node: 'n1',
      message: expect.stringContaining('unknown'),
    })
    expect(performance.now() - started).toBeLessThan(25_000)
    proxy.heal()
    expect(await host.run(aScript('echo back'))).toMatchObject({stdout: 'back\n'})
    await hosts.closeAll()
    await proxy.close()
    await sshd.stop()
  })
})

function behind(sshd: Sshd, port: number, transport: SshTarget['transport']): SshTarget {
  const knownHostsFile = path.join(sshd.folder, `known_${port}`)
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${sshd.hostKey}\n`)
  return sshTarget(sshd, {transport, port, knownHostsFile})
}
