import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, beforeEach, expect} from 'vitest'
import type {Ended, GhaOptions, LabCluster, LoadWish, RunningGha, RunningLoad} from './cluster.ts'
import {removeFault} from './node-faults.ts'
import {sharedCluster} from './shared-cluster.ts'
import {standing, wholeOn} from './standing.ts'

/** A cluster that every test finds whole, and one rollout away from another patch. */
export interface FaultLab {
  readonly cluster: LabCluster
  readonly from: string
  readonly to: string
  /** Users, who must not notice; `unnoticed` looks whether they did. */
  readonly startLoad: (wish?: LoadWish) => Promise<void>
  readonly unnoticed: () => Promise<void>
  readonly start: (options?: GhaOptions) => RunningGha
  readonly rollout: () => Promise<Ended>
  /** To be undone after the test, last first, whatever becomes of it. */
  readonly undoLater: (undo: () => Promise<unknown>) => void
  /** Undoes what was asked for so far, at once. */
  readonly undo: () => Promise<void>
  /** The same command again ends well and leaves everything on the wished version. */
  readonly comesThrough: () => Promise<void>
}

/** Registers what every file of faults does before and after its tests. */
export function faultLab(): FaultLab {
  let cluster: LabCluster
  let load: RunningLoad | undefined
  let [from, to] = ['', '']
  const undos: (() => Promise<unknown>)[] = []
  const undo = async () => {
    for (let next = undos.pop(); next; next = undos.pop()) await next()
  }
  const rollout = () => cluster.gha(WORDS)

  beforeAll(async () => {
    cluster = await sharedCluster()
  })

  beforeEach(async () => {
    await cluster.stand()
    cluster.write({rollout: {minHealthyTime: '5s', healthyDeadline: '15s'}, ssh: {}, version: cluster.version})
    from = cluster.version
    to = cluster.otherPatch
    cluster.write({version: to})
  }, LIMIT_MS)

  afterEach(async () => {
    await load?.stop()
    load = undefined
    await undo()
    for (const {name} of cluster.lab.state().nodes) await removeFault(cluster, name)
    await mend(cluster)
  }, LIMIT_MS)

  afterAll(undo)

  return {
    get cluster() {
      return cluster
    },
    get from() {
      return from
    },
    get to() {
      return to
    },
    startLoad: async wish => {
      load = cluster.startLoad(wish)
      await sleep(WARM_UP_MS)
    },
    unnoticed: async () => {
      const figures = await load?.stop()
      load = undefined
      expect(cluster.lostRequests()).toEqual([])
      expect(figures?.requests).toBeGreaterThan(200)
    },
    start: options => cluster.start(WORDS, options),
    rollout,
    undoLater: act => undos.push(act),
    undo,
    comesThrough: async () => {
      const {exitCode, stderr} = await rollout()
      expect(exitCode, stderr).toBe(0)
      expect(await standing(cluster)).toEqual(wholeOn(to))
    },
  }
}

/** Whole again the shortest way: on what the node runs whose turn comes last. */
async function mend(cluster: LabCluster): Promise<void> {
  const {gf3 = ''} = await cluster.versions()
  if (/^12\.1\.[01]$/.test(gf3)) cluster.write({version: gf3})
  await cluster.gha(WORDS)
}

const WORDS = ['rollout', '--yes', '--lock-wait', '120']
const LIMIT_MS = 600_000
const WARM_UP_MS = 1500
