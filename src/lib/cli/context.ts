import path from 'node:path'
import {localArchives} from '../adapters/archives.ts'
import type {BalancerSurroundings} from '../adapters/balancer.ts'
import {systemClock} from '../adapters/clock.ts'
import {processEnv} from '../adapters/env.ts'
import {localFiles} from '../adapters/files.ts'
import {localHookPrograms} from '../adapters/hook-programs.ts'
import {localIdentity} from '../adapters/identity.ts'
import {localPrograms} from '../adapters/programs.ts'
import {runJournal} from '../adapters/run-journal.ts'
import {terminal} from '../adapters/terminal.ts'
import {findClusterFile} from '../config/find-cluster-file.ts'
import {loadCluster} from '../config/load-cluster.ts'
import {GhaError} from '../errors/gha-error.ts'
import {refusingMutations} from '../host/refusing-mutations.ts'
import type {Cluster} from '../model/cluster.ts'
import type {LoadBalancer} from '../model/load-balancer.ts'
import type {Balancer} from '../ports/balancer.ts'
import type {Hosts} from '../ports/host.ts'
import type {Files} from '../ports/local.ts'
import type {Ports} from '../ports/ports.ts'

export interface ContextOptions {
  /** `-c FILE`; found upward from the working directory without it. */
  readonly config?: string | undefined
  /** Hosts refuse scripts that change anything. */
  readonly dryRun?: boolean
}

export interface Context {
  readonly cluster: Cluster
  readonly ports: Ports
  /** Lets go of every connection. */
  close(): Promise<void>
}

/** The cluster of this command, and the adapters that reach it. */
export async function openContext({config, dryRun = false}: ContextOptions): Promise<Context> {
  const ports = openPorts({dryRun})
  const file = await clusterFile(config, ports.files)
  const cluster = await loadCluster(file, {
    ...ports,
    warn: text => ports.ui.say(`warning: ${text}`),
    impatience: {clock: ports.clock, say: text => ports.ui.say(text)},
  })
  return {cluster, ports, close: () => ports.hosts.closeAll()}
}

/** The outside world without a cluster. What is heavy to load is loaded by its first use. */
export function openPorts({dryRun}: {readonly dryRun: boolean}): Ports {
  const ui = terminal()
  const files = localFiles()
  const clock = systemClock()
  const hosts = once(async () => (await import('../adapters/hosts.ts')).createHosts({say: ui.say}))
  const databases = once(async () => (await import('../adapters/databases.ts')).createDatabases())
  const caches = once(async () => (await import('../adapters/caches.ts')).createCaches())
  const dumps = once(async () => (await import('../adapters/dumps.ts')).createDumps())
  const http = once(async () => (await import('../adapters/http.ts')).createHttp())
  const lazyHosts: Hosts = {
    connect: async (name, target) => (await hosts()).connect(name, target),
    closeAll: async () => (hosts.called() ? (await hosts()).closeAll() : undefined),
  }
  const guardedHosts = dryRun ? refusingMutations(lazyHosts) : lazyHosts
  return {
    here: {dial: async destination => (await import('../adapters/here.ts')).dialFromHere(destination)},
    hosts: guardedHosts,
    databases: {
      probe: async (database, from) => (await databases()).probe(database, from),
      tables: async (database, from) => (await databases()).tables(database, from),
      open: async (database, from, name) => (await databases()).open(database, from, name),
    },
    caches: {
      probeRedis: async (redis, from) => (await caches()).probeRedis(redis, from),
      probeMemcached: async (memcached, from) => (await caches()).probeMemcached(memcached, from),
    },
    dumps: {
      outlook: async (database, from) => (await dumps()).outlook(database, from),
      take: async (database, from, order) => (await dumps()).take(database, from, order),
      readBack: async (type, file, signal) => (await dumps()).readBack(type, file, signal),
      digest: async file => (await dumps()).digest(file),
    },
    archives: localArchives(),
    http: {request: async (from, at, request) => (await http()).request(from, at, request)},
    balancer: loadBalancer => lazyBalancer(loadBalancer, {hosts: guardedHosts, clock, dryRun}),
    files,
    env: processEnv(),
    programs: localPrograms(),
    hookPrograms: localHookPrograms({dryRun}),
    clock,
    identity: localIdentity(),
    ui,
    journal: (folder, run) => runJournal(files, folder, run),
  }
}

function lazyBalancer(loadBalancer: LoadBalancer, surroundings: BalancerSurroundings): Balancer {
  const balancer = once(async () =>
    (await import('../adapters/balancer.ts')).createBalancer(loadBalancer, surroundings),
  )
  return {
    status: async () => (await balancer()).status(),
    rehearse: async nodes => (await balancer()).rehearse(nodes),
    drain: async node => (await balancer()).drain(node),
    takeOut: async node => (await balancer()).takeOut(node),
    undrain: async node => (await balancer()).undrain(node),
  }
}

interface Once<T> {
  (): Promise<T>
  called(): boolean
}

function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined
  return Object.assign(
    () => {
      made ??= make()
      return made
    },
    {called: () => made !== undefined},
  )
}

async function clusterFile(config: string | undefined, files: Files): Promise<string> {
  if (config !== undefined) return path.resolve(config)
  const found = await findClusterFile(process.cwd(), files)
  if (found !== undefined) return found
  throw new GhaError('there is no gha.yaml here or in any folder above', {
    code: 'CLUSTER_FILE_MISSING',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Write one with `gha init`, or name it with `-c FILE`.',
  })
}
