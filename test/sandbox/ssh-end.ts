import {spawn} from 'node:child_process'
import net from 'node:net'
import {userInfo} from 'node:os'
import path from 'node:path'
import type {Readable} from 'node:stream'
import ssh2, {type Connection, type ParsedKey, type ServerChannel, type Session} from 'ssh2'
import {MARK} from './leftovers.ts'

export interface SshEndOptions {
  readonly address: string
  readonly port: number
  /** Private key in OpenSSH's format. */
  readonly hostKey: string
  /** The one public key that may log in. */
  readonly authorizedKey: string
  readonly home: string
  /** The sandbox's folder: marks all that is run here. */
  readonly directory: string
}

export interface SshEnd {
  close(): Promise<void>
}

export const LOGIN_USER = userInfo().username

/** One host's SSH server: commands, forwarding to ports and to sockets, one user, one key. */
export async function startSshEnd(options: SshEndOptions): Promise<SshEnd> {
  const authorized = parseKey(options.authorizedKey)
  const connections = new Set<Connection>()
  const server = new ssh2.Server({hostKeys: [options.hostKey]}, connection => {
    connections.add(connection)
    // As many as it has streams open.
    connection.setMaxListeners(0)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => undefined)
    authenticate(connection, authorized)
    connection.on('ready', () => serve(connection, options))
  })
  // As sshd does: small answers must not wait for the other side's acknowledgement.
  const listener = net.createServer({noDelay: true}, socket => server.injectSocket(socket))
  await new Promise<void>((resolve, reject) => {
    listener.on('error', reject)
    listener.listen(options.port, options.address, resolve)
  })
  return {
    close: async () => {
      for (const connection of connections) connection.end()
      await new Promise<void>(resolve => listener.close(() => resolve()))
    },
  }
}

function parseKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text)
  if (key instanceof Error) throw key
  return key
}

function authenticate(connection: Connection, authorized: ParsedKey): void {
  connection.on('authentication', context => {
    if (context.method !== 'publickey') return context.reject(['publickey'])
    const isKnown = context.username === LOGIN_USER && context.key.data.equals(authorized.getPublicSSH())
    const isSigned =
      !context.signature ||
      (context.blob && authorized.verify(context.blob, context.signature, context.hashAlgo) === true)
    if (isKnown && isSigned) context.accept()
    else context.reject(['publickey'])
  })
}

function serve(connection: Connection, options: SshEndOptions): void {
  connection.on('session', accept => serveSession(accept(), options))
  connection.on('tcpip', (accept, reject, {destIP, destPort}) => {
    // From this host's own address, so that others see who called; the local address only exists towards loopback.
    const localAddress = /^(?:127\.|localhost$)/.test(destIP) ? {localAddress: options.address} : {}
    forward(net.connect({host: destIP, port: destPort, ...localAddress}), {connection, accept, reject})
  })
  connection.on('openssh.streamlocal', (accept, reject, {socketPath}) => {
    forward(net.connect(socketPath), {connection, accept, reject})
  })
}

interface Forwarding {
  readonly connection: Connection
  accept(): ServerChannel
  reject(): void
}

function forward(target: net.Socket, {connection, accept, reject}: Forwarding): void {
  let channel: ServerChannel | undefined
  target.setNoDelay(true)
  target.once('connect', () => {
    channel = accept()
    if (!channel) return target.destroy()
    channel.on('error', () => target.destroy())
    channel.on('close', () => target.destroy())
    target.pipe(channel).pipe(target)
  })
  target.on('error', error => {
    if (channel) channel.destroy()
    else rejectBecause(connection, reasonOf(error as NodeJS.ErrnoException), reject)
  })
  const leave = () => target.destroy()
  connection.on('close', leave)
  target.on('close', () => connection.off('close', leave))
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ENOENT: 'No such file or directory',
  ENOTFOUND: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
}

function reasonOf({code, message}: NodeJS.ErrnoException): string {
  return REASONS[code ?? ''] ?? message
}

/** ssh2 sends no reason text with a refused channel; sshd does, and clients tell failures apart by it. */
function rejectBecause(connection: Connection, reason: string, reject: () => void): void {
  const {_protocol: protocol} = connection as unknown as {
    _protocol: {channelOpenFail(channel: number, code: number, text: string): void}
  }
  const send = protocol.channelOpenFail
  protocol.channelOpenFail = (channel, code) => send.call(protocol, channel, code, reason)
  reject()
  protocol.channelOpenFail = send
}

function serveSession(session: Session, options: SshEndOptions): void {
  session.on('env', accept => accept?.())
  session.on('exec', (accept, _reject, {command}) => run(['-c', command], {session, channel: accept(), options}))
  session.on('shell', accept => run([], {session, channel: accept(), options}))
}

interface Running {
  readonly session: Session
  readonly channel: ServerChannel
  readonly options: SshEndOptions
}

/** In a process group of its own: what it started lives on when the connection is gone. */
function run(words: readonly string[], {session, channel, options}: Running): void {
  const child = spawn('/bin/sh', words, {
    cwd: options.home,
    env: environment(options),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => undefined)
  channel.on('error', () => undefined)
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, {end: false})
  child.stderr.pipe(channel.stderr, {end: false})
  child.on('error', error => channel.stderr.write(`${error.message}\n`))
  child.on('close', (code, signal) => {
    if (code === null) channel.exit((signal ?? 'SIGKILL').slice('SIG'.length), false, '')
    else channel.exit(code)
    channel.end()
  })
  session.on('signal', (_accept, _reject, {name}) => kill(child.pid, `SIG${name}`))
  channel.on('close', () => letGo([child.stdout, child.stderr]))
}

/** The child then sees a broken pipe, as behind sshd. */
function letGo(streams: readonly Readable[]): void {
  for (const stream of streams) stream.destroy()
}

function kill(pid: number | undefined, signal: string): void {
  try {
    if (pid) process.kill(-pid, signal)
  } catch {
    // The group ended meanwhile, or the client named a signal that does not exist here.
  }
}

function environment({home, directory}: SshEndOptions): NodeJS.ProcessEnv {
  const system = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  return {
    HOME: home,
    PATH: [path.join(home, 'bin'), path.dirname(process.execPath), ...system].join(':'),
    SHELL: '/bin/sh',
    USER: LOGIN_USER,
    LOGNAME: LOGIN_USER,
    LANG: 'C.UTF-8',
    [MARK]: directory,
  }
}
