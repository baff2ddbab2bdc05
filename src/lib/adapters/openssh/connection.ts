import type {Duplex} from 'node:stream'
import {execa} from 'execa'
import {formatEndpoint} from '../../model/backing.ts'
import {type Destination, DialError} from '../../ports/host.ts'
import {type Channel, type ChannelEnd, type Connection, SessionRefused} from '../ssh/connection.ts'
import {ChannelStream} from '../ssh/relay.ts'

const REFUSED = /Session open refused by peer/
/** Printed with `-v` when the master's channel is open. */
const OPENED = /master session id: \d+/

const SLAVE = ['-o', 'ControlMaster=no', '-o', 'ProxyCommand=false']

const STREAMS = {stdin: 'pipe', stdout: 'pipe', stderr: 'pipe'} as const

export interface Master {
  /** Arguments up to the destination, the control socket among them. */
  readonly way: readonly string[]
  readonly destination: string
  readonly user: string
  /** Resolves with ssh's last words when the connection is gone. */
  readonly ended: Promise<string>
  release(): Promise<void>
}

/** Commands and streams over one master of the system's ssh. */
export class OpensshConnection implements Connection {
  readonly transport = 'openssh'
  readonly user: string
  readonly lost: Promise<never>
  readonly #master: Master
  #alive = true

  constructor(master: Master) {
    this.#master = master
    this.user = master.user
    this.lost = master.ended.then(said => {
      this.#alive = false
      throw new Error(lastLine(said) || 'the connection was closed')
    })
    this.lost.catch(() => undefined)
  }

  get alive(): boolean {
    return this.#alive
  }

  async exec(command: string): Promise<Channel> {
    return this.#start([], ['--', this.#master.destination, command])
  }

  async forward(destination: Destination): Promise<Duplex> {
    if ('socket' in destination) throw new DialError('forbidden', 'ssh -W takes no UNIX socket')
    try {
      const channel = await this.#start(['-W', formatEndpoint(destination)], ['--', this.#master.destination])
      channel.stderr.resume()
      return new ChannelStream(channel, Buffer.alloc(0))
    } catch (error) {
      throw error instanceof SessionRefused ? new DialError('failed', error.message) : error
    }
  }

  async close(): Promise<void> {
    if (!this.#alive) return this.#master.release()
    const {way, destination} = this.#master
    await execa('ssh', [...way, '-O', 'exit', '--', destination], {reject: false, stdin: 'ignore', timeout: 2000})
    await this.#master.release()
  }

  /** Never opens a connection of its own: without the master there is nothing to run on. */
  async #start(options: readonly string[], rest: readonly string[]): Promise<Channel> {
    const argv = ['-o', 'LogLevel=DEBUG1', ...options, ...this.#master.way, ...SLAVE, ...rest]
    const child = execa('ssh', argv, {...STREAMS, buffer: false, reject: false, detached: true})
    const ended = child.then((result): ChannelEnd => ({status: result.exitCode === 255 ? undefined : result.exitCode}))
    const {stdin, stdout, stderr} = child
    // Otherwise execa lets flow away what nobody reads yet.
    stdout.pause()
    const channel = {stdin, stdout, stderr, ended, close: () => void child.kill()}
    try {
      await Promise.race([confirmed(channel), this.lost])
    } catch (error) {
      channel.close()
      throw error
    }
    return channel
  }
}

/** Resolves when the master's channel is open. */
function confirmed({stderr, ended}: Channel): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-8192)
      if (!OPENED.test(said)) return
      stderr.off('data', listen)
      stderr.pause()
      resolve()
    }
    stderr.on('data', listen)
    void ended.then(() => reject(new (REFUSED.test(said) ? SessionRefused : Error)(lastLine(said))))
  })
}

function lastLine(said: string): string {
  return said.trim().split('\n').at(-1) ?? ''
}
