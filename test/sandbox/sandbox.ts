import {type ChildProcess, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {BALANCER_PLACES, writeBalancerService} from './balancer-service.ts'
import {writeGrafanaService} from './grafana-service.ts'
import {claimFolder, clearLeftovers, releaseFolder, rememberFolder} from './leftovers.ts'
import {type Postgres, startPostgres} from './postgres.ts'
import {isExecutable} from './postgres-programs.ts'
import {BALANCER_ADDRESS, nodeAddress, type Slot, takeSlot} from './slot.ts'
import {LOGIN_USER, type SshEnd, startSshEnd} from './ssh-end.ts'
import {makeSshKey} from './ssh-key.ts'

export interface SandboxOptions {
  /** A folder of its own: homes of all hosts, keys, logs. Made if it is not there. */
  readonly directory: string
  readonly nodes?: number
  /** `own` uses the sandbox's balancer even where HAProxy is installed. */
  readonly balancer?: 'haproxy if installed' | 'own'
  /** `ignored`: the sandbox's own balancer says that it drains and goes on as before, to show what draining is worth. */
  readonly drain?: 'obeyed' | 'ignored'
}

export interface Sandbox {
  readonly directory: string
  readonly nodes: readonly SandboxHost[]
  readonly balancer: SandboxHost & {
    /** In plain words: HAProxy or the sandbox's own. */
    readonly words: string
    readonly bind: string
    readonly config: string
    readonly socket: string
    readonly reload: readonly [string, ...string[]]
    /** Where HAProxy itself cannot judge the configuration. */
    readonly validate?: readonly [string, ...string[]]
  }
  readonly ssh: {
    readonly user: string
    readonly port: number
    readonly identityFile: string
    readonly knownHosts: string
    readonly configFile: string
  }
  readonly postgres: Omit<Postgres, 'password'> & {readonly passwordFile: string}
  readonly httpPort: number
  readonly meshPort: number
  /** What users open. */
  readonly url: string
  stop(): Promise<void>
}

export interface SandboxHost {
  readonly name: string
  readonly address: string
  readonly home: string
}

/** Hosts with SSH, an empty PostgreSQL and a place for a balancer, all on loopback and without root. No Grafana yet. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  mkdirSync(options.directory, {recursive: true, mode: 0o700})
  const directory = realpathSync(options.directory)
  claimFolder(directory)
  await clearLeftovers(directory)
  const slot = await takeSlot(options.nodes ?? 3)
  const reaper = startReaper(directory)
  const ends: SshEnd[] = []
  const stop = async () => {
    await Promise.all(ends.map(end => end.close()))
    await clearLeftovers(directory)
    // Or it would clear what the next sandbox in this folder starts.
    reaper.kill('SIGKILL')
    slot.release()
    releaseFolder(directory)
  }
  try {
    return {...(await startParts({options, directory, slot, ends})), stop}
  } catch (error) {
    await stop()
    throw error
  }
}

interface Making {
  readonly options: SandboxOptions
  readonly directory: string
  readonly slot: Slot
  readonly ends: SshEnd[]
}

async function startParts({options, directory, slot, ends}: Making): Promise<Omit<Sandbox, 'stop'>> {
  const balancer: SandboxHost = {name: 'lb', address: BALANCER_ADDRESS, home: path.join(directory, 'lb')}
  const nodes = Array.from({length: options.nodes ?? 3}, (_, place): SandboxHost => {
    const name = `gf${place + 1}`
    return {name, address: nodeAddress(place), home: path.join(directory, name)}
  })
  const postgres = startPostgres({directory, port: slot.postgres})
  const key = makeSshKey()
  const known: string[] = []
  for (const host of [balancer, ...nodes]) {
    mkdirSync(host.home, {recursive: true})
    const hostKey = makeSshKey()
    known.push(`[${host.address}]:${slot.ssh} ${hostKey.public}`)
    const {address, home} = host
    const keys = {hostKey: hostKey.private, authorizedKey: key.public}
    ends.push(await startSshEnd({address, port: slot.ssh, ...keys, home, directory}))
  }
  for (const node of nodes) writeGrafanaService(node.home)
  const {password, ...database} = await postgres
  const ssh = writeSshFiles(directory, {privateKey: key.private, known, port: slot.ssh, hosts: [balancer, ...nodes]})
  return {
    directory,
    nodes,
    balancer: {...balancer, ...prepareBalancer(balancer.home, slot, options)},
    ssh,
    postgres: {...database, passwordFile: writeFile(directory, 'database-password', `${password}\n`)},
    httpPort: slot.http,
    meshPort: slot.mesh,
    url: `http://${BALANCER_ADDRESS}:${slot.balancer}/`,
  }
}

/** Ends what is left should this process die without a word: its end of the pipe closes then. */
function startReaper(directory: string): ChildProcess {
  const script = path.join(import.meta.dirname, 'reaper.ts')
  const reaper = spawn(process.execPath, ['--no-warnings', script, directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  reaper.unref()
  return reaper
}

function prepareBalancer(home: string, slot: Slot, {balancer, drain}: SandboxOptions) {
  const installed = findHaproxy()
  const own = balancer === 'own' || drain === 'ignored' || !installed
  const standIn = {
    script: path.join(import.meta.dirname, 'balancer.ts'),
    environment: {GHA_SANDBOX_DRAIN: drain ?? 'obeyed'},
  }
  writeBalancerService({home, ...(own ? {standIn} : {})})
  const service = path.join(home, BALANCER_PLACES.service)
  const config = path.join(home, BALANCER_PLACES.config)
  return {
    words: own ? "the sandbox's own balancer" : `HAProxy (${installed})`,
    bind: `${BALANCER_ADDRESS}:${slot.balancer}`,
    config,
    socket: socketPath(home),
    reload: [service, 'reload'] as const,
    ...(own ? {validate: [path.join(home, BALANCER_PLACES.haproxy), '-c', '-f', config] as const} : {}),
  }
}

/** Addresses of sockets hold 107 bytes, and HAProxy binds a longer temporary name first. */
function socketPath(home: string): string {
  const LONGEST = 85
  const wished = path.join(home, 'haproxy.sock')
  if (wished.length <= LONGEST) return wished
  const folder = mkdtempSync(path.join('/tmp', 'gha-sandbox-socket-'))
  rememberFolder(path.dirname(home), folder)
  return path.join(folder, 'haproxy.sock')
}

function findHaproxy(): string | undefined {
  return ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin']
    .map(folder => path.join(folder, 'haproxy'))
    .find(isExecutable)
}

interface SshFiles {
  readonly privateKey: string
  readonly known: readonly string[]
  readonly port: number
  readonly hosts: readonly SandboxHost[]
}

function writeSshFiles(directory: string, {privateKey, known, port, hosts}: SshFiles): Sandbox['ssh'] {
  const identityFile = writeFile(directory, 'ssh-key', privateKey)
  const knownHosts = writeFile(directory, 'known_hosts', `${known.join('\n')}\n`)
  const common = `Host *\n  User ${LOGIN_USER}\n  Port ${port}\n  IdentityFile "${identityFile}"\n  IdentitiesOnly yes\n  UserKnownHostsFile "${knownHosts}"\n  StrictHostKeyChecking yes\n`
  const entries = hosts.map(({name, address}) => `Host ${name}\n  HostName ${address}\n`)
  const configFile = writeFile(directory, 'ssh_config', entries.join('') + common)
  return {user: LOGIN_USER, port, identityFile, knownHosts, configFile}
}

function writeFile(directory: string, name: string, text: string): string {
  const file = path.join(directory, name)
  writeFileSync(file, text, {mode: 0o600})
  return file
}
