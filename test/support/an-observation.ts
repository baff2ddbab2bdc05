import type {Check, Judged, NodeWish} from '../../src/lib/checks/check.ts'
import type {Container} from '../../src/lib/facts/container.ts'
import type {NodeObservation, Trial} from '../../src/lib/facts/node-observation.ts'
import type {ClusterObservation} from '../../src/lib/facts/observe.ts'
import type {Process} from '../../src/lib/facts/process.ts'
import type {KeptState} from '../../src/lib/facts/state.ts'
import type {Cluster} from '../../src/lib/model/cluster.ts'
import {known, type Observation, unknown} from '../../src/lib/model/observation.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import type {DatabaseReport} from '../../src/lib/ports/database.ts'
import {aCluster} from './a-cluster.ts'

export const NOW = 1_800_000_000_000

export const aDatabaseAnswer = (
  wish: Partial<Extract<DatabaseReport, {outcome: 'answered'}>> = {},
): DatabaseReport => ({
  outcome: 'answered',
  latencyMilliseconds: 2,
  serverVersion: '15.4',
  readOnly: false,
  encrypted: true,
  serverTimeMilliseconds: NOW,
  content: 'grafana',
  newestMigration: 'add index',
  migrationCount: 600,
  scopedLogs: [],
  migrationLockHeld: false,
  maxConnections: 100,
  ...wish,
})

export const aProcess = (wish: Partial<Process> = {}): Process => ({
  pid: 4711,
  parent: 1,
  startTicks: 100,
  startedAt: NOW / 1000 - 3600,
  configFile: '/etc/grafana/grafana.ini',
  environment: [],
  overrides: [],
  ...wish,
})

export const aContainer = (wish: Partial<Container> = {}): Container => ({
  status: 'running',
  restart: 'unless-stopped',
  networkMode: 'host',
  networks: ['host'],
  mounts: [{type: 'bind', name: '', source: '/etc/grafana', destination: '/etc/grafana'}],
  removedAtStop: false,
  linked: false,
  ...wish,
})

export const keptState = (wish: Partial<KeptState> = {}): KeptState => ({
  generation: 1,
  brought: [],
  written: new Map(),
  ...wish,
})

/** A healthy node of a cluster that gha set up an hour ago; a test names only what is special. */
export function aNodeObservation(wish: Partial<NodeObservation> = {}): NodeObservation {
  return {
    node: 'gf1',
    access: {status: 'reached', transport: 'ssh2'},
    rights: known({uid: 0}),
    clock: known({seconds: 0.02, uncertaintySeconds: 0.01}),
    disk: known([{path: '/var/lib/grafana', freeBytes: 20 * 1024 ** 3}]),
    package: known({
      installed: {name: 'grafana', text: '12.1.0', version: versionOf('12.1.0'), condition: 'whole'},
      restartOnUpgrade: false,
    }),
    otherTools: known([]),
    service: known({
      state: 'active',
      words: 'active (running)',
      atBoot: true,
      process: aProcess(),
      configured: [],
    }),
    files: known(new Map()),
    state: known(keptState({generation: 3, release: '12.1.0-0123456789ab'})),
    plugins: known({machine: 'x86_64', brought: [], kept: new Set(), live: new Map()}),
    health: known({status: 200, database: 'ok', version: versionOf('12.1.0'), milliseconds: 3}),
    metrics: known({members: 3, position: 0, healthScore: 0, failedPeers: 0, messagesReceived: 50}),
    settings: known({}),
    database: known(aDatabaseAnswer()),
    caches: known([]),
    peers: known([]),
    ...wish,
  }
}

/** What a run sees of a node whose swap went well. */
export function aTrial(wish: Partial<Trial> = {}): Trial {
  const listed = {dataSources: known([]), plugins: known([])}
  const own = {taken: true, elsewhere: new Map()} as const
  const login = known({opened: 'through the balancer', here: known(true), elsewhere: new Map(), own})
  return {login, listed, before: listed, changesDataSources: false, ...wish}
}

/** A node that gha has not touched: reached, nothing installed, nothing listens. */
export function anEmptyNode(wish: Partial<NodeObservation> = {}): NodeObservation {
  const silent = unknown('nothing listens on its port')
  return aNodeObservation({
    package: known({restartOnUpgrade: false, available: ['12.1.0']}),
    service: known({state: 'absent', words: 'inactive (dead)', configured: []}),
    state: known(keptState({generation: 0})),
    health: silent,
    metrics: silent,
    settings: silent,
    database: known(aDatabaseAnswer({content: 'empty', migrationCount: 0})),
    ...wish,
  })
}

/** A node that did not answer. */
export function aSilentNode(wish: Partial<NodeObservation> = {}): NodeObservation {
  const reason = 'no answer from port 22'
  const {node, access: _access, ...facts} = aNodeObservation()
  const nothing = Object.fromEntries(Object.keys(facts).map(fact => [fact, unknown(reason)]))
  return {
    ...(nothing as unknown as NodeObservation),
    node,
    access: {status: 'unreachable', failure: {code: 'HOST_UNREACHABLE', exit: 'preflight', message: reason}},
    ...wish,
  }
}

export interface JudgedWish {
  readonly cluster?: Cluster
  readonly nodes?: readonly NodeObservation[]
  readonly balancer?: ClusterObservation['balancer']
  readonly wish?: Partial<NodeWish>
}

/** Healthy nodes named as in the cluster, unless `nodes` says otherwise; every node has the same wish. */
export function aJudged({cluster = aCluster(), nodes, balancer = known([]), wish}: JudgedWish = {}): Judged {
  const seen = cluster.nodes.map(({name}, place) => {
    const metrics = known({members: cluster.nodes.length, position: place, healthScore: 0, failedPeers: 0})
    return {...(nodes?.[place] ?? aNodeObservation({metrics})), node: name}
  })
  const nodeWish: NodeWish = {settings: {}, files: [], fingerprint: '0123456789ab', ...wish}
  return {
    cluster,
    observation: {at: NOW, nodes: seen, balancer},
    wishes: new Map(cluster.nodes.map(({name}) => [name, nodeWish])),
  }
}

/** One healthy node with one special fact, judged by one check. */
export function judgeOne<K extends keyof NodeObservation>(
  check: Check,
  fact: K,
  value: NodeObservation[K] extends Observation<infer T> ? T : never,
) {
  return judgeNode(check, aNodeObservation({[fact]: known(value)}))
}

export function judgeNode(check: Check, node: NodeObservation, rest: Omit<JudgedWish, 'nodes'> = {}) {
  const cluster = rest.cluster ?? aCluster()
  const alone = {...cluster, nodes: cluster.nodes.slice(0, 1)}
  const [verdict] = check.judge(aJudged({...rest, cluster: alone, nodes: [node]}))
  if (!verdict) throw new Error(`${check.id} says nothing`)
  return verdict
}

/** `gf1 passed: detail`, one per verdict. */
export function spoken(check: Check, judged: Judged): readonly string[] {
  return check.judge(judged).map(({node = 'cluster', status, detail}) => `${node} ${status}: ${detail}`)
}
