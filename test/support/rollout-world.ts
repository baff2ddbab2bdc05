import {NoBalancer} from '../../src/lib/adapters/no-balancer.ts'
import type {Cluster} from '../../src/lib/model/cluster.ts'
import {sha256} from '../../src/lib/model/digest.ts'
import {given} from '../../src/lib/model/given.ts'
import type {MigrationLog} from '../../src/lib/model/migration-log.ts'
import type {Node} from '../../src/lib/model/node.ts'
import type {Script} from '../../src/lib/model/script.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import type {Plan} from '../../src/lib/plan/plan.ts'
import type {Balancer, BalancerView, ServerState} from '../../src/lib/ports/balancer.ts'
import type {HookEnd, HookOrder, HookPrograms} from '../../src/lib/ports/hook-programs.ts'
import {DialError} from '../../src/lib/ports/host.ts'
import type {HttpResponse} from '../../src/lib/ports/http.ts'
import type {JournalEvent} from '../../src/lib/ports/journal.ts'
import type {Ports} from '../../src/lib/ports/ports.ts'
import {underLock} from '../../src/lib/rollout/balancer-under-lock.ts'
import type {Run} from '../../src/lib/rollout/run.ts'
import {Trials} from '../../src/lib/rollout/trials.ts'
import {Turnstile} from '../../src/lib/rollout/turnstile.ts'
import {aCluster, aNode} from './a-cluster.ts'
import {aHaproxy} from './a-load-balancer.ts'
import {aLock} from './a-lock.ts'
import {aDatabaseAnswer} from './an-observation.ts'
import {FakeClock, FakeDatabases, FakeHost, FakeHosts, FakeHttp} from './fake-ports.ts'
import {WorldDeadMan} from './world-dead-man.ts'

export const OLD = '12.0.0'
export const NEW = '12.1.0'

export interface Versions {
  readonly old: string
  readonly new: string
}

export interface WorldWish {
  readonly zones?: Readonly<Record<string, string>>
  readonly range?: Versions
  readonly hooks?: Cluster['hooks']
  readonly loadBalancer?: Cluster['loadBalancer']
}

/** What Grafana has written down of its migrations. */
export interface WorldSchema {
  newest: string
  migrations: number
  scoped: readonly MigrationLog[]
  locked: boolean
  /** Whether the database takes no login of whoever asks: Grafana has its own. */
  silent: boolean
}

/** What a rollout can change of one node, and what of it can be seen. */
export interface Machine {
  /** Undefined where no Grafana is installed. */
  version: string | undefined
  server: ServerState
  process: number
  out: string | undefined
  readonly deadMan: WorldDeadMan
  /** What `gha drain` has written there. */
  drained?: string | undefined
  stopped: boolean
  /** That it was let go to migrate. */
  migrating: string | undefined
  /** Path → content of what lies there. */
  files: Contents
  /** The same of its release. */
  release: Contents
}

export type Contents = Readonly<Record<string, string>>

/** Nodes and their balancer as a rollout changes and sees them, without a shell: scripts count by their names. */
export class RolloutWorld {
  readonly cluster: Cluster
  readonly machines: ReadonlyMap<string, Machine>
  /** What happened to the world, in its order: `gf1 activate`. */
  readonly effects: string[] = []
  /** `gf1 step-done activate`. */
  readonly journal: string[] = []
  /** Every script in its order, on nodes and balancers: `gf1 arm`. Each is a round trip. */
  readonly ran: string[] = []
  readonly clock = new FakeClock()
  readonly http = new FakeHttp((name, {path}) => this.#answer(name, path))
  /** The files of the release that a rollout brings. */
  wished: Contents = {}
  wishedOn: (node: string) => Contents = () => this.wished
  /** Asked before each effect; what it throws keeps the effect from happening. */
  before: (effect: string) => void = () => undefined
  /** The database's schema; a new version that starts migrates it. */
  readonly schema: WorldSchema = {newest: 'old', migrations: 1, scoped: [], locked: false, silent: false}
  /** Whether a new version that starts gets as far as migrating. */
  migrates: () => boolean = () => true
  /** Whether this version is unhealthy on that node. */
  sick: (node: string, version: string) => boolean = () => false
  /** Whether nothing listens there yet, although its process lives. */
  silent: (node: string, version: string) => boolean = () => false
  /** Whether nobody can log in there, although it is healthy. */
  brokenLogin: (node: string, version: string) => boolean = () => false
  wrongPassword = false
  /** Whether another run has the lock now. */
  taken = false
  plugins: (node: string, version: string) => readonly object[] = () => []
  metrics: (node: string) => string = () => ''
  /** What stands in the journal of its process. */
  log: (node: string) => string = () => ''
  /** What its migrators wrote there. */
  migratorLog: (node: string) => readonly string[] = () => []

  /** Programs of the operator; what one does counts as an effect: `gf1 hook preNode`. */
  hookEnds: (hook: string, node: string) => HookEnd = () => ({how: 'exited', code: 0})
  readonly hooksRun: HookOrder[] = []

  readonly versions: Versions

  constructor(
    versions: Readonly<Record<string, string | undefined>>,
    rollout: Partial<Cluster['rollout']> = {},
    {zones = {}, range = {old: OLD, new: NEW}, hooks = {}, loadBalancer = aHaproxy()}: WorldWish = {},
  ) {
    this.versions = range
    this.cluster = aCluster({
      grafana: {version: versionOf(range.new)},
      nodes: Object.keys(versions).map(name => aNode({name, ...given({zone: zones[name]})})),
      alerting: {mode: 'single'},
      hooks,
      loadBalancer,
      rollout: {
        maxParallel: {unit: 'nodes', amount: 1},
        maxFailed: 0,
        minHealthySeconds: 10,
        healthyDeadlineSeconds: 30,
        autoRevert: true,
        ...rollout,
      },
    })
    this.machines = new Map(
      Object.entries(versions).map(([name, version]) => [
        name,
        {
          version,
          server: version ? 'in' : 'down',
          process: 100,
          out: undefined,
          deadMan: new WorldDeadMan(),
          stopped: false,
          migrating: undefined,
          files: {},
          release: {},
        },
      ]),
    )
  }

  /** `gf1 12.1.0 in`, and what a run has not put right yet. */
  seen(): readonly string[] {
    return [...this.machines].map(([name, {version, server, out, deadMan, drained, stopped, migrating}]) =>
      [
        name,
        version ?? 'nothing',
        server,
        ...(drained ? ['drained'] : []),
        ...(out ? [`out by ${out}`] : []),
        ...(deadMan.words ? [deadMan.words] : []),
        ...(stopped ? ['stopped'] : []),
        ...(migrating ? ['migrating'] : []),
      ].join(' '),
    )
  }

  machine(name: string): Machine {
    const machine = this.machines.get(name)
    if (!machine) throw new Error(`unexpected node ${name}`)
    return machine
  }

  /** What a command gets of this world. */
  get ports(): Ports {
    return {
      clock: this.clock,
      http: this.http,
      hosts: new FakeHosts(Object.fromEntries([...this.machines.keys()].map(name => [name, this.#host(name)]))),
      balancer: () => this.#balancer(),
      identity: {user: 'ann', hostname: 'desk', pid: 1, bootId: 'b', isAlive: () => true},
      databases: {open: () => Promise.reject(new Error('no database here'))},
    } as unknown as Ports
  }

  readonly hookPrograms: HookPrograms = {
    isThere: async () => true,
    run: async order => {
      const {GHA_HOOK: hook = '', GHA_NODE: node = '-'} = order.environment
      this.hooksRun.push(order)
      this.before(`${node} hook ${hook}`)
      this.effects.push(`${node} hook ${hook}`)
      return this.hookEnds(hook, node)
    },
  }

  run(plan: Plan, special: Partial<Run> = {}): Run {
    const ports = {
      clock: this.clock,
      http: this.http,
      here: new FakeHost('here'),
      databases: new FakeDatabases(() => this.#databaseAnswer()),
      hookPrograms: this.hookPrograms,
      hosts: new FakeHosts(Object.fromEntries([...this.machines.keys()].map(name => [name, this.#host(name)]))),
    }
    const lock = special.lock ?? aLock()
    return {
      cluster: this.cluster,
      plan,
      ports,
      lock,
      journal: {
        append: async ({type, node = '-', step, hook}: Omit<JournalEvent, 'at' | 'run'>) => {
          this.journal.push(`${node} ${type} ${step ?? hook ?? '-'}`)
        },
      },
      calledFor: 'rollout',
      staged: new Map([...this.machines.keys()].map(name => [name, {previous: this.versions.old, wayBack: true}])),
      wishes: new Map(),
      starts: new Turnstile(),
      trials: new Trials(this.cluster, ports),
      stopRequested: () => false,
      progress: () => undefined,
      ...special,
      balancer: underLock(special.balancer ?? this.#balancer(), lock),
    } as unknown as Run
  }

  #change(name: string, what: string, change: (machine: Machine) => void): void {
    this.before(`${name} ${what}`)
    this.effects.push(`${name} ${what}`)
    change(this.machine(name))
  }

  #host(name: string): FakeHost {
    return new FakeHost(name, {run: script => this.#ran(name, script)})
  }

  /** Nobody comes for so long, and dead men act. */
  async leaveAlone(milliseconds: number): Promise<void> {
    await this.clock.sleep(milliseconds)
    this.#deadMenAct()
  }

  #deadMenAct(): void {
    for (const [name, machine] of this.machines) {
      if (!machine.deadMan.acts(this.clock.now())) continue
      this.effects.push(`${name} dead man`)
      started(machine, this.versions.old)
    }
  }

  #ran(name: string, {name: script, mutates, text, input}: Script<unknown>): string {
    this.#deadMenAct()
    this.ran.push(`${name} ${script}`)
    if (script === 'observe')
      return observed(this.machine(name), {log: this.log(name), migrators: this.migratorLog(name)})
    if (script === 'read a release') return record('manifest', `version\t${this.versions.old}\n`)
    if (script === 'take the lock') return record('granted', 'yes')
    if (script === 'renew the lock') return this.taken ? record('lost', 'r2') : ''
    if (script === 'release the lock') return ''
    if (!mutates) throw new Error(`unexpected script ${script}`)
    if (script === 'disarm' && text.includes('record acted') && !this.machine(name).deadMan.words)
      return record('acted', 'yes')
    this.#change(name, script, machine => {
      machine.deadMan.heed(script, text, this.clock.now())
      switch (script) {
        case 'arm':
          machine.out = /printf '%s\\n' (\S+) >"\$state\/out"/.exec(text)?.[1]
          machine.migrating = /printf %s '(from=[^']*)' >"\$state\/migrating"/.exec(text)?.[1] ?? machine.migrating
          return
        case 'rearm':
        case 'give it more time':
        case 'let the dead man wait':
        case 'let the dead man count':
          return
        case 'disarm':
          machine.migrating = undefined
          return
        case 'stop':
          machine.stopped = true
          return
        case 'activate':
          started(machine, this.versions.new)
          swapped(machine, this.wishedOn(name))
          if (this.migrates()) this.#migrate()
          return
        case 'revert':
          started(machine, this.versions.old)
          return
        case 'mark as serving':
          machine.out = undefined
          return
        case 'mark as drained':
          machine.drained = String(Buffer.from(input as Uint8Array))
          return
        case 'mark as not drained':
          machine.drained = undefined
          return
        default:
          throw new Error(`unexpected script ${script}`)
      }
    })
    return ''
  }

  #migrate(): void {
    this.schema.newest = 'new'
    this.schema.migrations = 2
  }

  #databaseAnswer() {
    const {newest, migrations, scoped, locked, silent} = this.schema
    if (silent) return {outcome: 'no-connection', message: 'too many connections'} as const
    return aDatabaseAnswer({
      newestMigration: newest,
      migrationCount: migrations,
      scopedLogs: scoped,
      migrationLockHeld: locked,
    })
  }

  #balancer(): Balancer {
    if (this.cluster.loadBalancer.type === 'none') return new NoBalancer()
    const views = () =>
      [...this.machines].map(
        ([server, {server: state}]): BalancerView => ({balancer: 'lb1', server, state, current: 0, words: state}),
      )
    const told = (server: ServerState) => async (node: Node) => {
      this.#change(node.name, server, machine => {
        machine.server = server
      })
      return views()
    }
    return {
      status: async () => views(),
      rehearse: async () => undefined,
      drain: told('drain'),
      takeOut: told('out'),
      undrain: told('in'),
    }
  }

  /** What Grafana answers however well it is. */
  #told(name: string, version: string, path: string): Partial<HttpResponse> | undefined {
    const login = this.wrongPassword ? {status: 401} : this.brokenLogin(name, version) ? {status: 500} : LOGGED_IN
    const answers: Readonly<Record<string, Partial<HttpResponse>>> = {
      '/metrics': {body: this.metrics(name)},
      '/api/admin/settings': {body: '{}'},
      '/api/datasources': {body: JSON.stringify([{uid: 'prom', name: 'Prometheus'}])},
      '/api/plugins?core=0': {body: JSON.stringify(this.plugins(name, version))},
      '/login': login,
      '/api/user': {body: '{}'},
      '/logout': {},
    }
    return answers[path]
  }

  #answer(from: string, path: string): Partial<HttpResponse> {
    const name = from === 'here' ? ([...this.machines].find(([, {server}]) => server === 'in')?.[0] ?? '') : from
    const {version, stopped} = this.machine(name)
    if (version === undefined || stopped || this.silent(name, version))
      throw new DialError('refused', 'connection refused')
    const told = this.#told(name, version, path)
    if (told) return told
    const sick = this.sick(name, version)
    return {status: sick ? 503 : 200, body: JSON.stringify({database: sick ? 'failing' : 'ok', version})}
  }
}

const LOGGED_IN = {headers: {'set-cookie': ['grafana_session=s; Path=/']}}

function started(machine: Machine, version: string): void {
  machine.version = version
  machine.stopped = false
  machine.process += 1
}

/** What gha did not bring stays. */
function swapped(machine: Machine, wished: Contents): void {
  const stays = Object.entries(machine.files).filter(([path]) => !(path in machine.release))
  machine.files = {...Object.fromEntries(stays), ...wished}
  machine.release = wished
}

/** What a node's shell would answer. */
function observed(
  machine: Machine,
  {log, migrators}: {readonly log: string; readonly migrators: readonly string[]},
): string {
  const {version, process, out, deadMan, drained, stopped, migrating, files, release} = machine
  const running = version === undefined || stopped ? 'inactive' : 'active'
  return [
    record('script.started', '1800000000.0'),
    record('script.began', '5000'),
    record('rights.uid', '0'),
    record('package.asked', 'dpkg'),
    ...(version ? [record('package.dpkg', `hi  grafana ${version}`)] : []),
    ...(version && !stopped ? [record('process', processOf(process))] : []),
    record('service.systemd', `LoadState=loaded\nActiveState=${running}\nSubState=${running}\nUnitFileState=enabled`),
    record('files.asked', '0'),
    ...Object.keys(files).flatMap(path => [record('files.regular', path), record('files.first', '')]),
    record('files.stat', Object.keys(files).map(modeLine).join('\n')),
    record('files.sums', Object.values(files).map(sha256).join('\n')),
    record('state.brought', Object.entries(release).map(broughtLine).join('\n')),
    record('plugins.machine', 'x86_64'),
    record('log.line', `${log}\nread 9\n`),
    record('migrator.line', migrators.join('\n')),
    ...(out ? [record('state.out', out)] : []),
    ...(deadMan.words ? [record('state.armed', 'r1\nold')] : []),
    ...(drained ? [record('state.drained', drained), record('state.drained.renewed', '1799999000')] : []),
    ...(migrating ? [record('state.migrating', migrating)] : []),
    record('script.ended', '5000'),
  ].join('')
}

/** What holds secrets is Grafana's alone. */
function modeLine(path: string): string {
  return `${path.endsWith('.ini') ? '640' : '644'} 0`
}

function broughtLine([path, content]: readonly [string, string]): string {
  return ['file', 0, 'public', sha256(content), path].join('\t')
}

function processOf(pid: number): string {
  const fields = ['S', '1', ...Array(17).fill('0'), String(pid * 1000)]
  const words = ['/usr/share/grafana/bin/grafana', 'server', '--config=/etc/grafana/grafana.ini']
  return [`pid ${pid}`, `stat ${pid} (grafana) ${fields.join(' ')}`, 'cwd /', 'words', ...words].join('\n')
}

function record(key: string, value: string): string {
  return `${key}\0${value}\0`
}
