import {type FileState, shaOf} from '../facts/files.ts'
import {foreignness} from '../facts/foreign-file.ts'
import {leftoverFiles} from '../facts/leftover-files.ts'
import type {NodeObservation} from '../facts/node-observation.ts'
import {CLOCK_GRAIN_SECONDS} from '../facts/process.ts'
import type {Armed} from '../facts/state.ts'
import {given} from '../model/given.ts'
import {type MigrationMark, parseMigrationMark} from '../model/migration-mark.ts'
import type {Node} from '../model/node.ts'
import {formatVersion, sameVersion, type Version} from '../model/version.ts'
import type {BalancerView, ServerState} from '../ports/balancer.ts'
import type {FileChange} from './plan.ts'
import {pluginChanges, pluginReasons, pluginsSeen} from './plugin-changes.ts'
import type {Wish} from './wish.ts'

/** One node between what it is and what it should be. */
export interface Situation {
  readonly node: Node
  readonly wish: Wish
  /** Undefined where nothing balances. */
  readonly server: ServerState | undefined
  /** Some balancer host sends requests to it, whatever the others say. */
  readonly fed: boolean
  readonly running: boolean
  readonly version: Version | undefined
  /** A run took it out of the balancer and did not bring it back. */
  readonly heldOut: boolean
  /** An earlier run's dead man waits there, to put this release back. */
  readonly armed?: Armed
  /** Somebody else than a run took it out of the balancer: it is not for a run to bring it back. */
  readonly drained: boolean
  /** It was let go to migrate alone, and was not confirmed since. */
  readonly migrating?: MigrationMark
  readonly changes: readonly FileChange[]
  /** Why it is not as wished, in words; empty when it is. */
  readonly reasons: readonly string[]
  readonly seen: ReadonlyMap<string, string | undefined>
}

export interface Seen {
  readonly node: Node
  readonly wish: Wish
  readonly observed: NodeObservation
  readonly views: readonly BalancerView[]
}

/** Expects what it asks for to be known: an unknown node is refused before any plan is made. */
export function situationOf({node, wish, observed, views}: Seen): Situation {
  const files = fileChanges(node, wish, observed)
  const plugins = pluginChanges(wish, observed)
  const process = observed.service.known ? observed.service.value.process : undefined
  const running = process !== undefined
  const states = views.filter(({server}) => server === node.balancerName).map(({state}) => state)
  const server = worst(states)
  return {
    node,
    wish,
    server,
    fed: states.some(state => state === 'in' || state === 'drain'),
    running,
    version: runningVersion(observed),
    heldOut: observed.state.known && observed.state.value.out !== undefined,
    ...(observed.state.known && observed.state.value.armed ? {armed: observed.state.value.armed} : {}),
    drained: isDrained(observed, {server, running}),
    ...migrationOf(observed),
    changes: [...files, ...plugins],
    reasons: [
      ...versionReasons(wish, observed),
      ...fileReasons(files),
      ...pluginReasons(plugins),
      ...swapReasons(observed),
      ...processReasons(wish, observed),
    ],
    seen: new Map([...filesSeen(wish, observed), ...pluginsSeen(wish, observed)]),
  }
}

/** By `gha drain`, or by hand at the balancer. What a run drained or took out carries that run's name from before it did. */
function isDrained({state}: NodeObservation, {server, running}: Pick<Situation, 'server' | 'running'>): boolean {
  if (!state.known || state.value.out !== undefined || state.value.armed !== undefined) return false
  if (state.value.drained !== undefined) return server !== 'in'
  return running && (server === 'out' || server === 'drain')
}

function migrationOf({state}: NodeObservation): Pick<Situation, 'migrating'> {
  const mark = state.known && state.value.migrating ? parseMigrationMark(state.value.migrating) : undefined
  return mark ? {migrating: mark} : {}
}

/** It serves users as far as anybody can tell. */
export function isServing({running, server, fed}: Situation): boolean {
  return running && (server === undefined || fed)
}

/** A package that is whole is as good as what runs, where the process does not tell its version. */
function runningVersion({health, package: installed}: NodeObservation): Version | undefined {
  if (health.known && health.value.version) return health.value.version
  return installed.known ? installed.value.installed?.version : undefined
}

function versionReasons({release}: Wish, observed: NodeObservation): readonly string[] {
  const {installed, byOthers} = observed.package.known ? observed.package.value : {}
  const wished = formatVersion(release.version)
  if (!installed && !byOthers)
    return observed.package.known && observed.service.known ? [`install Grafana ${wished}`] : []
  if (installed?.condition === 'broken') return [`package ${installed.text} is only half installed`]
  if (installed?.version && !sameVersion(installed.version, release.version))
    return [`package ${installed.text} → ${wished}`]
  const running = observed.health.known ? observed.health.value.version : undefined
  return running && !sameVersion(running, release.version) ? [`${formatVersion(running)} still runs`] : []
}

function fileReasons(changes: readonly FileChange[]): readonly string[] {
  return changes.map(({path, change}) => `${change} ${path}`)
}

/** By the file's time: it says nothing of what stands in it. */
export const PROCESS_OLDER = 'the process is older than'

function processReasons({files}: Wish, observed: NodeObservation): readonly string[] {
  const process = observed.service.known ? observed.service.value.process : undefined
  if (!process) return ['Grafana does not run']
  const newer = files.filter(({path, restart}) => {
    const live = liveFile(observed, path)
    return restart && live?.exists && live.modifiedAt > process.startedAt + CLOCK_GRAIN_SECONDS
  })
  return newer.length > 0 ? [`${PROCESS_OLDER} ${newer.map(({path}) => path).join(', ')}`] : []
}

/** Of a removed file no time tells that the process has read it. */
function swapReasons({state}: NodeObservation): readonly string[] {
  return state.known && state.value.swapping ? ['its last swap was cut'] : []
}

function fileChanges(node: Node, {files, release}: Wish, observed: NodeObservation): readonly FileChange[] {
  const foreignAt = (path: string) => given({foreign: foreignness(path, node, observed)})
  const wished = files.flatMap((file, index): FileChange[] => {
    const live = liveFile(observed, file.path)
    if (!live?.exists) return [{path: file.path, change: 'create'}]
    if (live.sha256 !== release.files[index]?.sha256)
      return [{path: file.path, change: 'update', ...foreignAt(file.path)}]
    return live.mode === MODES[file.access] ? [] : [{path: file.path, change: 'access'}]
  })
  const left = leftoverFiles(files, observed).map(path => ({path, change: 'remove', ...foreignAt(path)}) as const)
  return [...wished, ...left]
}

/** What is gone already may come back before the swap removes it. */
function filesSeen({release}: Wish, observed: NodeObservation): readonly (readonly [string, string | undefined])[] {
  const brought = observed.state.known ? observed.state.value.brought : []
  const paths = [...release.files.map(({path}) => path), ...brought]
  return paths.map(path => [path, shaOf(liveFile(observed, path))])
}

const MODES = {service: '640', public: '644'} as const

function liveFile({files}: NodeObservation, path: string): FileState | undefined {
  return files.known ? files.value.get(path) : undefined
}

/** Every balancer host counts: the least serving one speaks for all. */
function worst(states: readonly ServerState[]): ServerState | undefined {
  return (['down', 'out', 'drain', 'in'] as const).find(state => states.includes(state))
}
