import {spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import net, {type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {setTimeout as sleep} from 'node:timers/promises'
import ssh2 from 'ssh2'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {clearLeftovers, marked} from './leftovers.ts'
import {freePort} from './slot.ts'
import {LOGIN_USER, type SshEnd, startSshEnd} from './ssh-end.ts'
import {makeSshKey} from './ssh-key.ts'

const ADDRESS = '127.0.0.11'
const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-ssh-end-')))
const home = path.join(directory, 'gf1')
const hostKey = makeSshKey()
const userKey = makeSshKey()
let port: number
let end: SshEnd

beforeAll(async () => {
  mkdirSync(home)
  port = await freePort(ADDRESS)
  writeFileSync(path.join(directory, 'key'), userKey.private, {mode: 0o600})
  writeFileSync(path.join(directory, 'known_hosts'), `[${ADDRESS}]:${port} ${hostKey.public}\n`)
  end = await startSshEnd({
    address: ADDRESS,
    port,
    hostKey: hostKey.private,
    authorizedKey: userKey.public,
    home,
    directory,
  })
})

afterAll(async () => {
  await end.close()
  await clearLeftovers(directory)
  rmSync(directory, {recursive: true})
})

function connect(privateKey = userKey.private): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client)).on('error', reject)
    client.connect({host: ADDRESS, port, username: LOGIN_USER, privateKey})
  })
}

async function exec(command: string, input = '') {
  const client = await connect()
  const done = {out: '', err: '', exit: [] as unknown[]}
  // Listening starts in the callback: a fast command's end comes in the same packet as its beginning.
  await new Promise<void>((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error)
      channel.on('data', (chunk: Buffer) => {
        done.out += chunk
      })
      channel.stderr.on('data', (chunk: Buffer) => {
        done.err += chunk
      })
      channel.on('exit', (...words: unknown[]) => {
        done.exit = words
      })
      channel.on('close', () => resolve())
      channel.end(input)
    })
  })
  client.end()
  return done
}

describe("the sandbox's SSH end", () => {
  it('runs a command in the home of its host and answers output, error output and exit status', async () => {
    const done = await exec('cat; pwd; echo "$HOME" >&2; exit 7', 'input\n')
    expect(done).toEqual({out: `input\n${home}\n`, err: `${home}\n`, exit: [7]})
  })

  it('carries megabytes through unchanged', async () => {
    const input = 'x'.repeat(5_000_000)
    const done = await exec('cat', input)
    expect(done.out.length).toBe(input.length)
    expect(done.exit).toEqual([0])
  })

  it('answers the signal that ended a command', async () => {
    expect((await exec('kill -KILL $$')).exit).toEqual([null, 'SIGKILL', false, ''])
  })

  it('refuses a key it does not know', async () => {
    await expect(connect(makeSshKey().private)).rejects.toThrow('authentication')
  })

  it('lets a child in the background outlive the connection, and finds it at the end', async () => {
    await exec('setsid sleep 300 >/dev/null 2>&1 </dev/null &')
    await sleep(100)
    expect(marked(directory)).toHaveLength(1)
    await clearLeftovers(directory)
    expect(marked(directory)).toEqual([])
  })

  it('dials ports from the address of its host', async () => {
    const server = net.createServer(socket => socket.end(String(socket.remoteAddress))).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const client = await connect()
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      const to = (server.address() as AddressInfo).port
      client.forwardOut('127.0.0.1', 0, '127.0.0.1', to, (error, opened) => (error ? reject(error) : resolve(opened)))
    })
    expect(await text(channel)).toBe(ADDRESS)
    client.end()
    server.close()
  })

  it('dials sockets', async () => {
    const socket = path.join(directory, 'some.sock')
    const server = net.createServer(peer => peer.end('hello')).listen(socket)
    await new Promise(resolve => server.once('listening', resolve))
    const client = await connect()
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      client.openssh_forwardOutStreamLocal(socket, (error, opened) => (error ? reject(error) : resolve(opened)))
    })
    expect(await text(channel)).toBe('hello')
    client.end()
    server.close()
  })

  it('answers reason 2 and its words for a port where nobody listens', async () => {
    const closed = await freePort('127.0.0.1')
    const client = await connect()
    const error = await new Promise(resolve => client.forwardOut('127.0.0.1', 0, '127.0.0.1', closed, resolve))
    expect(error).toMatchObject({reason: 2, message: expect.stringContaining('Connection refused')})
    client.end()
  })

  it("serves the system's ssh too", async () => {
    const options = ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${directory}/known_hosts`, 'BatchMode=yes']
    const words = [...options.flatMap(option => ['-o', option]), '-i', `${directory}/key`, '-p', String(port)]
    const done = finished('ssh', ['-F', 'none', ...words, `${LOGIN_USER}@${ADDRESS}`, 'echo out; echo err >&2; exit 3'])
    return expect(done).resolves.toMatchObject({out: 'out\n', err: 'err\n', status: 3})
  })
})

async function finished(program: string, words: string[]) {
  const child = spawn(program, words, {stdio: ['ignore', 'pipe', 'pipe']})
  const status = new Promise(resolve => child.on('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return {out, err, status: await status}
}
