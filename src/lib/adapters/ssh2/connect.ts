import net from 'node:net'
import type {Duplex} from 'node:stream'
import ssh2, {type Algorithms, type Client, type ConnectConfig} from 'ssh2'
import type {GhaError} from '../../errors/gha-error.ts'
import type {Connection} from '../ssh/connection.ts'
import {authFailed, unreachable} from '../ssh/reach-error.ts'
import {hopName, type ResolvedTarget} from '../ssh/resolved-target.ts'
import {Ssh2Connection} from './connection.ts'
import {type Credentials, credentialsFor} from './credentials.ts'
import {type Trust, trustOf} from './trust.ts'

const CONNECT_MILLISECONDS = 10_000
const KEEPALIVE_MILLISECONDS = 5000
const KEEPALIVE_MISSES = 3

/** Broken or SHA-1 based: never negotiated. */
const REMOVED: Algorithms = {
  kex: {
    append: [],
    prepend: [],
    remove: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1', 'diffie-hellman-group-exchange-sha1'],
  },
  hmac: {append: [], prepend: [], remove: ['hmac-sha1', 'hmac-sha1-etm@openssh.com']},
}

export interface Approach {
  /** The node for whose sake, as errors name it. */
  readonly node: string
  readonly target: ResolvedTarget
  /** Dials from the hop before, already connected and verified. */
  readonly dial?: (to: {host: string; port: number}) => Promise<Duplex>
}

/**
 * One hop: connects, checks the host's key, logs in. The only place where a client of ssh2 is made.
 * @throws GhaError
 */
export async function connectSsh2(approach: Approach): Promise<Connection> {
  const {node, target} = approach
  const [trust, credentials] = await Promise.all([trustOf(target, node), credentialsFor(target)])
  const socket = await socketTo(approach)
  const client = new ssh2.Client()
  try {
    await loggedIn(client, {socket, approach, trust, credentials})
  } catch (error) {
    client.destroy()
    socket.destroy()
    throw error
  }
  return new Ssh2Connection(client, {user: target.user, socket})
}

function socketTo({node, target, dial}: Approach): Promise<Duplex> {
  if (dial) {
    return dial({host: target.host, port: target.port}).catch((error: Error) => {
      throw unreachable(node, hopName(target), `through the jump host: ${error.message}`)
    })
  }
  return new Promise((resolve, reject) => {
    const socket = net.connect({host: target.host, port: target.port, noDelay: true})
    const timer = setTimeout(() => socket.destroy(new Error('no answer within 10 s')), CONNECT_MILLISECONDS)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', error => {
      clearTimeout(timer)
      reject(unreachable(node, hopName(target), inWords(error)))
    })
  })
}

interface Login {
  readonly socket: Duplex
  readonly approach: Approach
  readonly trust: Trust
  readonly credentials: Credentials
}

function loggedIn(client: Client, {socket, approach, trust, credentials}: Login): Promise<void> {
  const {node, target} = approach
  const hop = hopName(target)
  return new Promise((resolve, reject) => {
    let refused: GhaError | undefined
    const fail = (error: Error & {level?: string}) => {
      const authentication = error.level === 'client-authentication'
      reject(
        refused ??
          (authentication
            ? authFailed({node, hop, ...credentials, cause: error})
            : unreachable(node, hop, inWords(error))),
      )
    }
    client.once('ready', () => {
      client.off('error', fail)
      resolve()
    })
    client.on('error', fail)
    client.once('close', () => fail(new Error('the connection was closed')))
    client.connect(
      configOf({socket, trust, credentials, user: target.user}, error => {
        refused = error
      }),
    )
  })
}

interface ConfigParts extends Pick<Login, 'socket' | 'trust' | 'credentials'> {
  readonly user: string
}

function configOf({socket, trust, credentials, user}: ConfigParts, refuse: (error: GhaError) => void): ConnectConfig {
  const methods = [...credentials.methods]
  return {
    sock: socket as net.Socket,
    username: user,
    readyTimeout: CONNECT_MILLISECONDS,
    keepaliveInterval: KEEPALIVE_MILLISECONDS,
    keepaliveCountMax: KEEPALIVE_MISSES,
    agentForward: false,
    strictVendor: false,
    algorithms: {...REMOVED, serverHostKey: [...trust.algorithms] as Algorithms['serverHostKey'] & string[]},
    hostVerifier: (blob: Buffer) => {
      const refusal = trust.judge(blob)
      if (refusal) refuse(refusal)
      return refusal === undefined
    },
    authHandler: (_left, _partial, next) => {
      const method = methods.shift()
      // ssh2's types leave out `false`, which ends the attempts.
      next(method ?? (false as never))
    },
  }
}

const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ETIMEDOUT: 'no answer (timed out)',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve (the name server did not answer)',
  ECONNRESET: 'the connection was reset',
}

function inWords(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code
  return (code && NETWORK_WORDS[code]) || (error.message === '' ? 'the connection failed' : error.message)
}
