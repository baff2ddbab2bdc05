import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import net from 'node:net'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {eventually} from './eventually.ts'
import {freePort} from './free-port.ts'

export interface SshdOptions {
  readonly allowTcpForwarding?: 'yes' | 'no'
  readonly maxSessions?: number
  /** Lines that stand first in sshd_config, where the first value counts. */
  readonly extra?: readonly string[]
  /** Login and host keys of an earlier server, so that one operator reaches several. */
  readonly keysOf?: Sshd
}

/** A real sshd on a free port of 127.0.0.1, with keys, log and folder of its own. */
export interface Sshd {
  readonly host: string
  readonly port: number
  /** Who may log in with `identityFile`: anybody on this machine. */
  readonly user: string
  readonly identityFile: string
  /** Holds exactly this server's key, as `[127.0.0.1]:port`. */
  readonly knownHostsFile: string
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string
  readonly folder: string
  log(): string
  stop(): Promise<void>
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gha-sshd-'))
  chmodSync(folder, 0o755)
  const port = await freePort()
  const hostKeyFile = path.join(folder, 'host_key')
  const identityFile = options.keysOf?.identityFile ?? path.join(folder, 'identity')
  makeKey(hostKeyFile)
  if (!options.keysOf) makeKey(identityFile)
  const authorizedKeys = path.join(folder, 'authorized_keys')
  writeFileSync(authorizedKeys, readFileSync(`${identityFile}.pub`), {mode: 0o644})
  const hostKey = readFileSync(`${hostKeyFile}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
  const knownHostsFile = path.join(folder, 'known_hosts')
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${hostKey}\n`)
  const logFile = path.join(folder, 'log')
  writeFileSync(path.join(folder, 'sshd_config'), configOf({port, hostKeyFile, authorizedKeys, folder, ...options}))

  const server = startServer(folder, logFile)
  const atExit = () => {
    server.kill('SIGKILL')
    rmSync(folder, {recursive: true, force: true})
  }
  process.once('exit', atExit)
  await untilListening(port, server)
  return {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    identityFile,
    knownHostsFile,
    hostKey,
    folder,
    log: () => readFileSync(logFile, 'utf8'),
    async stop() {
      process.removeListener('exit', atExit)
      await ended(server)
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

interface ConfigValues extends SshdOptions {
  readonly port: number
  readonly hostKeyFile: string
  readonly authorizedKeys: string
  readonly folder: string
}

function configOf(values: ConfigValues): string {
  return `${[
    ...(values.extra ?? []),
    `Port ${values.port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${values.hostKeyFile}`,
    `AuthorizedKeysFile ${values.authorizedKeys}`,
    `PidFile ${values.folder}/pid`,
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'LogLevel VERBOSE',
    'MaxStartups 100:30:200',
    `AllowTcpForwarding ${values.allowTcpForwarding ?? 'yes'}`,
    `AllowStreamLocalForwarding ${values.allowTcpForwarding ?? 'yes'}`,
    ...(values.maxSessions === undefined ? [] : [`MaxSessions ${values.maxSessions}`]),
  ].join('\n')}\n`
}

function makeKey(file: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file])
}

function startServer(folder: string, logFile: string): ChildProcess {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true, mode: 0o755})
  const sshd = execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd'], {encoding: 'utf8'})
  return spawn(sshd.trim(), ['-D', '-f', path.join(folder, 'sshd_config'), '-E', logFile], {stdio: 'ignore'})
}

async function untilListening(port: number, server: ChildProcess): Promise<void> {
  await eventually('sshd listens', 20_000, () => {
    if (server.exitCode !== null) throw new Error(`sshd ended with ${server.exitCode}`)
    return answers(port)
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  await new Promise<void>(resolve => {
    server.once('exit', () => resolve())
    server.kill('SIGTERM')
  })
}
