import type {Duplex} from 'node:stream'
import type {Client, ClientChannel} from 'ssh2'
import {type Destination, DialError} from '../../ports/host.ts'
import {type Channel, type ChannelEnd, type Connection, SessionRefused} from '../ssh/connection.ts'
import {dialFailure} from '../ssh/dial-failure.ts'

const ADMINISTRATIVELY_PROHIBITED = 1

/** A logged-in client of ssh2. */
export class Ssh2Connection implements Connection {
  readonly transport = 'ssh2'
  readonly user: string
  readonly lost: Promise<never>
  readonly #client: Client
  #alive = true

  constructor(client: Client, {user, socket}: {user: string; socket: Duplex}) {
    this.user = user
    this.#client = client
    // ssh2 listens once for every channel that opens, and a node is asked many things at once.
    client.setMaxListeners(0)
    this.lost = new Promise((_resolve, reject) => {
      const end = (error: Error) => {
        this.#alive = false
        reject(error)
      }
      client.on('error', end)
      socket.prependListener('close', () => end(new Error('the connection was closed')))
      client.once('close', () => end(new Error('the connection was closed')))
    })
    this.lost.catch(() => undefined)
  }

  get alive(): boolean {
    return this.#alive
  }

  exec(command: string): Promise<Channel> {
    const opened = new Promise<Channel>((resolve, reject) => {
      this.#client.exec(command, (error, stream) => {
        if (error) reject(isOpenFailure(error) ? new SessionRefused(error.message) : error)
        else resolve(channelOf(stream))
      })
    })
    return Promise.race([opened, this.lost])
  }

  forward(destination: Destination): Promise<Duplex> {
    const opened = new Promise<Duplex>((resolve, reject) => {
      const done = (error: Error | undefined, stream: Duplex) => (error ? reject(forwardError(error)) : resolve(stream))
      if ('socket' in destination) this.#client.openssh_forwardOutStreamLocal(destination.socket, done)
      else this.#client.forwardOut('127.0.0.1', 0, destination.host, destination.port, done)
    })
    return Promise.race([opened, this.lost])
  }

  async close(): Promise<void> {
    if (!this.#alive) return
    const closed = this.lost.catch(() => undefined)
    this.#client.end()
    const timer = setTimeout(() => this.#client.destroy(), 500)
    await closed
    clearTimeout(timer)
  }
}

function channelOf(stream: ClientChannel): Channel {
  let status: number | undefined
  stream.on('exit', (code: number | null) => {
    status = code ?? undefined
  })
  const ended = new Promise<ChannelEnd>(resolve => {
    stream.once('close', () => resolve({status}))
  })
  // ssh2 tells of the end only once both outputs are read.
  const close = () => {
    stream.resume()
    stream.stderr.resume()
    stream.destroy()
  }
  return {stdin: stream, stdout: stream, stderr: stream.stderr, ended, close}
}

function isOpenFailure(error: Error): boolean {
  return reasonOf(error) !== undefined
}

function forwardError(error: Error): DialError {
  if (reasonOf(error) === ADMINISTRATIVELY_PROHIBITED) return new DialError('forbidden', 'the host forwards nothing')
  const text = error.message.replace(/^\(SSH\) Channel open failure: /, '')
  return new DialError(dialFailure(text), text)
}

/** RFC 4254, 5.1. */
function reasonOf(error: Error): number | undefined {
  return (error as Error & {reason?: number}).reason
}
