import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Summary} from '../../load/tally.ts'
import {eventually} from '../../support/eventually.ts'
import {type Lab, openLab} from '../lab.ts'
import {namespaceFile} from '../layout.ts'
import {builtGha} from './built-gha.ts'
import {type Secrets, type Wish, writeCluster} from './cluster-file.ts'

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface GhaOptions {
  /** Put before gha: a tracer, a shell. */
  readonly under?: readonly string[]
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A gha that is under way. */
export interface RunningGha {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** What the run has written down so far; empty before it began. */
  readonly journal: () => string
  /** Waits for a step of the run's journal, as `gf1 drain step-done`. */
  readonly reaches: (node: string, step: string, type: 'step-started' | 'step-done') => Promise<void>
}

export interface RunningLoad {
  readonly stop: () => Promise<Summary>
}

/** An operator's folder beside a lab: gha.yaml, secrets, journals, and the program that works on them. */
export class LabCluster {
  readonly lab: Lab
  readonly folder: string
  readonly #program: string

  constructor(lab: Lab, {folder, program}: {readonly folder: string; readonly program: string}) {
    this.lab = lab
    this.folder = folder
    this.#program = program
  }

  /** The same lab and program, another operator's folder. */
  inFolder(folder: string): LabCluster {
    return new LabCluster(this.lab, {folder, program: this.#program})
  }

  get file(): string {
    return path.join(this.folder, 'gha.yaml')
  }

  /** Writes gha.yaml: the wish that stands, and over it what is wished otherwise. */
  write(wish: Wish = {}, secrets?: Secrets): void {
    const whole = {...this.wish, ...wish}
    writeFileSync(this.#wishFile, JSON.stringify(whole))
    writeCluster(this.folder, this.lab.state(), {wish: whole, ...(secrets && {secrets})})
  }

  /** The version in gha.yaml, where gha may have changed it. */
  get version(): string {
    return /^ {2}version: (\S+)$/m.exec(readFileSync(this.file, 'utf8'))?.[1] ?? ''
  }

  /** A patch that the cluster does not run, one step away. */
  get otherPatch(): string {
    return this.version === '12.1.0' ? '12.1.1' : '12.1.0'
  }

  /** What gha.yaml was last written for. */
  get wish(): Wish {
    if (!existsSync(this.#wishFile)) return {}
    return {...(JSON.parse(readFileSync(this.#wishFile, 'utf8')) as Wish), version: this.version}
  }

  /** Starts gha where the operator sits, with nothing of this process's environment but the way to programs. */
  start(words: readonly string[], {under = [], input, env}: GhaOptions = {}): RunningGha {
    const before = new Set(this.#journals())
    const [program, ...rest] = this.command(words, under)
    const child = spawn(program, rest, {
      cwd: this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {PATH: process.env['PATH'] ?? '', HOME: this.folder, LANG: 'C.UTF-8', ...env},
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    const ended = outcomeOf(child)
    const journal = () => {
      const name = this.#journals().find(candidate => !before.has(candidate))
      return name ? readFileSync(path.join(this.#runs, name), 'utf8') : ''
    }
    return {
      process: child,
      ended,
      journal,
      reaches: async (node, step, type) => {
        await eventually(`${node} ${step} ${type}`, STEP_LIMIT_MS, async () => {
          const there = hasEvent(journal(), {node, step, type})
          if (!there && child.exitCode !== null)
            throw new Error(`gha ended with ${child.exitCode} before ${node} ${step}: ${(await ended).stderr}`)
          return there
        })
      },
    }
  }

  /** gha where the operator sits, in words. */
  command(words: readonly string[], under: readonly string[] = []): readonly [string, ...string[]] {
    const operator = `--net=${namespaceFile(this.lab.name, 'operator')}`
    const config = words[0] === 'init' ? [] : ['--config', this.file]
    return ['nsenter', operator, '--', ...under, process.execPath, this.#program, ...words, ...config]
  }

  gha(words: readonly string[], options?: GhaOptions): Promise<Ended> {
    return this.start(words, options).ended
  }

  /** Users at the balancer until stopped; most of them make new connections, where a restart is noticed most. */
  startLoad({balancer = 'haproxy', from = 'operator', rate = 60}: LoadWish = {}): RunningLoad {
    const {address} = this.lab.state().balancers[balancer]
    const log = path.join(this.folder, 'load.log')
    const flags = [
      '--url',
      `http://${address}/`,
      '--log',
      log,
      '--password-file',
      path.join(this.folder, 'secrets/admin'),
      '--kept',
      '4',
      '--rate',
      String(rate),
    ]
    const child = this.lab.spawnIn(from, [process.execPath, '--import', 'tsx', LOAD, ...flags])
    const ended = outcomeOf(child)
    return {
      stop: async () => {
        child.kill('SIGTERM')
        const {exitCode, stdout, stderr} = await ended
        if (exitCode !== 0) throw new Error(`the load ended with ${exitCode}: ${stderr}`)
        return JSON.parse(stdout) as Summary
      },
    }
  }

  /** The raw log's lines of the requests that were lost. */
  lostRequests(): readonly string[] {
    return readFileSync(path.join(this.folder, 'load.log'), 'utf8')
      .split('\n')
      .filter(line => line.includes('"lost":'))
  }

  /** What an earlier test left is good enough where it is whole; otherwise, and at first, the cluster is brought up. */
  async stand(): Promise<void> {
    if (existsSync(this.file) && (await this.#isWhole())) return
    this.write({rollout: {}})
    for (const verb of ['apply', 'rollout']) {
      const {exitCode, stderr} = await this.gha([verb, '--yes', ...TAKE_OVER])
      if (exitCode !== 0 && exitCode !== 10) throw new Error(`gha ${verb} ended with ${exitCode}\n${stderr}`)
    }
  }

  async #isWhole(): Promise<boolean> {
    const {exitCode} = await this.gha(['apply', '--yes'])
    const states = Object.values(await this.balancerStates())
    return exitCode === 0 && states.every(state => state === 'UP') && (await this.leftovers()).length === 0
  }

  /** Every file gha may write on nodes and balancer, every process it may restart: two equal looks mean that nothing happened. */
  async fingerprint(without: Without = {}): Promise<Readonly<Record<string, string>>> {
    const {nodes, balancers} = this.lab.state()
    const hosts = [...nodes.map(({name}) => name), balancers.haproxy.name]
    const files = without.generations === false ? `${FILES} | grep -v -e /generation -e /guard -e /lock` : FILES
    const script = without.processes === false ? files : `${files}\n${PROCESSES}`
    const looks = hosts.map(async host => [host, await this.on(host, script)] as const)
    return Object.fromEntries(await Promise.all(looks))
  }

  /** Standard output of a shell script, run as root past network and sshd. */
  async on(host: string, script: string): Promise<string> {
    const {exitCode, stdout, stderr} = await this.lab.onNode(host, ['sh', '-c', script])
    if (exitCode !== 0) throw new Error(`on ${host}: ${stderr || `exit code ${exitCode}`}`)
    return stdout
  }

  /** What HAProxy says of every node, in one word: `UP 1/3` has only just come up and serves. */
  async balancerStates(): Promise<Readonly<Record<string, string>>> {
    const csv = await this.on('haproxy', 'echo show stat | socat - /run/haproxy/admin.sock')
    const rows = csv.split('\n').map(line => line.split(','))
    const place = (rows[0] ?? []).indexOf('status')
    return Object.fromEntries(
      rows.flatMap(row =>
        row[0] === 'grafana' && /^gf\d/.test(row[1] ?? '') ? [[row[1], row[place]?.split(' ')[0] ?? '']] : [],
      ),
    )
  }

  /** Waits until every Grafana answers and HAProxy has seen it. */
  async untilServing(): Promise<void> {
    for (const until = Date.now() + SERVING_LIMIT_MS; ; await sleep(300)) {
      const states = Object.values(await this.balancerStates())
      const answers = Object.values(await this.versions())
      if (states.every(state => state === 'UP') && answers.every(text => /^\d+\.\d+/.test(text))) return
      if (Date.now() > until) throw new Error(`not serving: ${states.join(', ')}; ${answers.join(', ')}`)
    }
  }

  /** Marks of an unfinished run on any node: drained, locked, armed. */
  async leftovers(): Promise<readonly string[]> {
    const {nodes} = this.lab.state()
    const marks =
      'cd /var/lib/gha/lab/* 2>/dev/null && ls -d lock out armed revert.sh reverted 2>/dev/null; systemctl list-units --plain --no-legend "gha-revert*" | cut -d" " -f1'
    const found = nodes.map(async ({name}) =>
      (await this.on(name, marks))
        .split('\n')
        .filter(Boolean)
        .map(mark => `${name} ${mark}`),
    )
    return (await Promise.all(found)).flat()
  }

  /** What each Grafana says of itself to a part of the lab: `gf1` → `12.1.0`. */
  async versions(askedFrom = 'operator'): Promise<Readonly<Record<string, string>>> {
    const {nodes} = this.lab.state()
    const looks = nodes.map(async ({name, address}) => {
      const curl = ['curl', '-s', '-m', '5', `http://${address}:3000/api/health`] as const
      const {stdout} = await this.lab.inNetworkOf(askedFrom, curl)
      return [name, /"version":\s*"([^"]+)"/.exec(stdout)?.[1] ?? stdout] as const
    })
    return Object.fromEntries(await Promise.all(looks))
  }

  get #wishFile(): string {
    return path.join(this.folder, 'wish.json')
  }

  get #runs(): string {
    return path.join(this.folder, '.gha/lab/runs')
  }

  #journals(): readonly string[] {
    return existsSync(this.#runs) ? readdirSync(this.#runs) : []
  }
}

export interface LoadWish {
  readonly balancer?: 'haproxy' | 'nginx'
  /** The host whose network the users are in. */
  readonly from?: string
  /** Requests per second; the labs of a test run share a machine. */
  readonly rate?: number
}

interface Without {
  /** Which processes run, where a reboot is meant. */
  readonly processes?: false
  /** What taking the lock leaves. */
  readonly generations?: false
}

/** Opens an operator's folder on a lab that stands. */
export async function openCluster(
  lab: string,
  folder = mkdtempSync(path.join(tmpdir(), 'gha-e2e-')),
): Promise<LabCluster> {
  mkdirSync(folder, {recursive: true, mode: 0o700})
  return new LabCluster(openLab(lab), {folder, program: await builtGha()})
}

/** What the balancer shows of a cluster where every node serves. */
export const SERVING = {gf1: 'UP', gf2: 'UP', gf3: 'UP'}

export const TAKE_OVER = ['--take-over', '/etc/haproxy/haproxy.cfg', '--take-over', '/etc/grafana/grafana.ini'] as const

const LOAD = path.join(import.meta.dirname, '../../load/cli.ts')
const STEP_LIMIT_MS = 90_000
const SERVING_LIMIT_MS = 60_000

const FILES = `cat /var/lib/gha/lab/*/journal 2>/dev/null | wc -l
for f in $(find /etc/grafana /etc/haproxy /var/lib/gha -type f 2>/dev/null | sort); do stat -c '%n %i %Y' "$f"; done`
const PROCESSES = `for unit in grafana-server haproxy; do
  pid=$(systemctl show -p MainPID --value $unit); [ "$pid" = 0 ] || echo "$unit $pid $(cut -d' ' -f22 /proc/$pid/stat)"
done`

export interface StepEvent {
  readonly node: string
  /** Unset for what belongs to no step. */
  readonly step?: string
  readonly type: 'step-started' | 'step-done' | 'staged'
}

export function hasEvent(journal: string, event: StepEvent): boolean {
  return journal.split('\n').some(line => isEvent(line, event))
}

function isEvent(line: string, {node, step, type}: StepEvent): boolean {
  if (!line.includes(type)) return false
  try {
    const event = JSON.parse(line) as Record<string, unknown>
    return event['node'] === node && event['step'] === step && event['type'] === type
  } catch {
    return false
  }
}

async function outcomeOf(child: ChildProcess): Promise<Ended> {
  const text = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (part: string) => {
      text[name] += part
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return {exitCode: code ?? -1, ...text}
}
