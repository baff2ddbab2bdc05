import {spawn} from 'node:child_process'
import type {Duplex} from 'node:stream'
import {dialFromHere} from '../../src/lib/adapters/here.ts'
import {GhaError} from '../../src/lib/errors/gha-error.ts'
import type {SshTarget} from '../../src/lib/model/node.ts'
import type {Script} from '../../src/lib/model/script.ts'
import type {Destination, Host, Hosts} from '../../src/lib/ports/host.ts'
import {inputOf} from './input-of.ts'

/** This machine as a host: scripts run by /bin/sh, streams dialled with net. Keeps the names of the scripts it ran. */
export class LocalHost implements Host {
  readonly transport = 'local'
  readonly ran: string[] = []
  readonly name: string
  readonly #environment: NodeJS.ProcessEnv

  constructor(name = 'local', environment: NodeJS.ProcessEnv = {PATH: process.env.PATH}) {
    this.name = name
    this.#environment = environment
  }

  async run<T>(script: Script<T>): Promise<T> {
    this.ran.push(script.name)
    const child = spawn('/bin/sh', ['-c', script.text], {env: this.#environment, stdio: ['pipe', 'pipe', 'pipe']})
    const timer = setTimeout(() => child.kill('SIGKILL'), script.deadlineSeconds * 1000)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', chunk => stdout.push(chunk))
    child.stderr.on('data', chunk => stderr.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(inputOf(script.input))
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    }).finally(() => clearTimeout(timer))
    if (exitCode === null)
      throw new GhaError(`${script.name} did not end in time`, {code: 'HOST_DEADLINE', exit: 'bug', node: this.name})
    return script.parse({exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString()})
  }

  dial(destination: Destination): Promise<Duplex> {
    return dialFromHere(destination)
  }

  async close(): Promise<void> {}
}

/** Every name answers with this machine. */
export class LocalHosts implements Hosts {
  readonly connected = new Map<string, LocalHost>()

  async connect(name: string, _target: SshTarget): Promise<LocalHost> {
    const host = this.connected.get(name) ?? new LocalHost(name)
    this.connected.set(name, host)
    return host
  }

  async closeAll(): Promise<void> {}
}
