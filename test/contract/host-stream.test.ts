import {createHash, randomBytes} from 'node:crypto'
import {once} from 'node:events'
import net, {type AddressInfo} from 'node:net'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createHosts} from '../../src/lib/adapters/hosts.ts'
import type {Host, Hosts} from '../../src/lib/ports/host.ts'
import {echoServer} from '../support/echo-server.ts'
import {freePort} from '../support/free-port.ts'
import {aScript, sshTarget} from '../support/ssh-target.ts'
import {type Sshd, startSshd} from '../support/sshd.ts'

const TRANSPORTS = ['ssh2', 'openssh'] as const

describe.each(
  TRANSPORTS.flatMap(transport => [
    {transport, forwarding: 'yes' as const},
    {transport, forwarding: 'no' as const},
  ]),
)('a stream dialled over $transport, AllowTcpForwarding $forwarding', ({transport, forwarding}) => {
  let sshd: Sshd
  let hosts: Hosts
  let host: Host

  beforeAll(async () => {
    sshd = await startSshd({allowTcpForwarding: forwarding})
    hosts = createHosts({say: () => undefined})
    host = await hosts.connect('n1', sshTarget(sshd, {transport}))
  })

  afterAll(async () => {
    await hosts.closeAll()
    await sshd.stop()
  })

  it('carries 2 MB there and back, and the end of each direction', async () => {
    const server = await echoServer(0)
    const stream = await host.dial({host: '127.0.0.1', port: server.port})
    const bytes = randomBytes(2_000_000)
    stream.end(bytes)
    const back = await stream.toArray()
    expect(sha256(Buffer.concat(back))).toBe(sha256(bytes))
    await server.close()
  })

  it('carries what the server says first, however early', async () => {
    const greet = async () => {
      const stream = await host.dial({host: '127.0.0.1', port: sshd.port})
      await sleep(20)
      const [first] = await once(stream, 'data', {signal: AbortSignal.timeout(8000)})
      stream.destroy()
      return String(first).slice(0, 7)
    }
    expect(await Promise.all(Array.from({length: 6}, greet))).toEqual(Array.from({length: 6}, () => 'SSH-2.0'))
  })

  it('ends the connection when it is destroyed', async () => {
    const server = await echoServer(0)
    const stream = await host.dial({host: '127.0.0.1', port: server.port})
    stream.write('x')
    await once(stream, 'data')
    stream.destroy()
    await server.empty()
    await server.close()
  })

  it('says refused where nobody listens', async () => {
    const port = await freePort()
    await expect(host.dial({host: '127.0.0.1', port})).rejects.toMatchObject({failure: 'refused'})
  })

  it('holds nothing when many were refused, or destroyed before anybody read them', async () => {
    const port = await freePort()
    for (let n = 0; n < 10; n += 1)
      await expect(host.dial({host: '127.0.0.1', port})).rejects.toMatchObject({failure: 'refused'})
    const speaker = net.createServer(socket => socket.on('error', () => undefined).write(Buffer.alloc(300_000)))
    await new Promise<void>(resolve => speaker.listen(0, '127.0.0.1', resolve))
    const {port: speaking} = speaker.address() as AddressInfo
    for (let n = 0; n < 10; n += 1) {
      const stream = await host.dial({host: '127.0.0.1', port: speaking})
      await sleep(30)
      stream.destroy()
    }
    expect(await host.run(aScript('echo here'))).toMatchObject({stdout: 'here\n'})
    speaker.close()
  }, 60_000)

  it('says unresolved for a name that does not resolve', async () => {
    await expect(host.dial({host: 'no.such.invalid', port: 1})).rejects.toMatchObject({failure: 'unresolved'})
  })

  it('reaches a UNIX socket', async () => {
    const server = await echoServer(path.join(sshd.folder, 'socket'))
    const stream = await host.dial({socket: server.path})
    stream.end('hello')
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('hello')
    await server.close()
  })

  it('says why a UNIX socket cannot be reached', async () => {
    const missing = host.dial({socket: path.join(sshd.folder, 'none')})
    await expect(missing).rejects.toThrow(/no such file/i)
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
