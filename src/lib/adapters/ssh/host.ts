import type {Duplex} from 'node:stream'
import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import type {Become} from '../../model/node.ts'
import type {Script} from '../../model/script.ts'
import {type Destination, DialError, type Host} from '../../ports/host.ts'
import {type Connection, SessionRefused} from './connection.ts'
import {dial} from './dial.ts'
import {runScript} from './run-script.ts'
import {Sessions} from './sessions.ts'

export interface SshHostOptions {
  readonly name: string
  readonly become: Become
  readonly connect: () => Promise<Connection>
}

interface Line {
  readonly connection: Connection
  readonly sessions: Sessions
}

/** A host over one connection. When that is lost, what was under way fails and what comes next connects again. */
export class SshHost implements Host {
  readonly name: string
  readonly #options: SshHostOptions
  #line: Line
  #reconnecting: Promise<Line> | undefined
  #closed = false

  private constructor(options: SshHostOptions, line: Line) {
    this.name = options.name
    this.#options = options
    this.#line = line
  }

  static async open(options: SshHostOptions): Promise<SshHost> {
    return new SshHost(options, await lineOf(options))
  }

  get transport(): string {
    return this.#line.connection.transport
  }

  async run<T>(script: Script<T>): Promise<T> {
    const {connection, sessions} = await this.#alive()
    try {
      return await runScript(script, {
        host: this.name,
        become: rightsOf(connection, this.#options.become),
        open: () => sessions.open(),
        lost: connection.lost,
      })
    } catch (error) {
      throw error instanceof SessionRefused ? noSession(this.name, error) : error
    }
  }

  async dial(destination: Destination): Promise<Duplex> {
    const {connection, sessions} = await this.#alive()
    try {
      return await dial(destination, {connection, sessions, become: rightsOf(connection, this.#options.become)})
    } catch (error) {
      if (error instanceof DialError) throw error
      throw new DialError('failed', messageOf(error))
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#reconnecting?.then(({connection}) => connection.close()).catch(() => undefined)
    await this.#line.connection.close()
  }

  async #alive(): Promise<Line> {
    if (this.#line.connection.alive || this.#closed) return this.#line
    this.#reconnecting ??= this.#anew()
    try {
      this.#line = await this.#reconnecting
    } finally {
      this.#reconnecting = undefined
    }
    return this.#line
  }

  async #anew(): Promise<Line> {
    await this.#line.connection.close()
    return lineOf(this.#options)
  }
}

async function lineOf(options: SshHostOptions): Promise<Line> {
  const connection = await options.connect()
  return {connection, sessions: new Sessions(connection)}
}

/** Root needs no sudo, and a minimal host may have none. */
function rightsOf({user}: Connection, become: Become): Become {
  return user === 'root' ? {method: 'none'} : become
}

function noSession(node: string, cause: SessionRefused): GhaError {
  return new GhaError(`the SSH server opens no session ${cause.message}`, {
    code: 'HOST_SESSIONS',
    exit: 'preflight',
    node,
    unchanged: 'The script did not run.',
    hint: 'Raise `MaxSessions` in its sshd_config (`sshd -T | grep -i maxsessions`): gha needs 1, and 1 more for each stream where `AllowTcpForwarding no` stands.',
    cause,
  })
}
