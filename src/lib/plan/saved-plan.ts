import type {VersionStep} from '../grafana/version-steps.ts'
import {sha256} from '../model/digest.ts'
import {sumsOf} from '../model/release.ts'
import {fingerprint, type Secret} from '../model/secret.ts'
import {formatVersion} from '../model/version.ts'
import type {BalancerView} from '../ports/balancer.ts'
import type {RenderedFile} from '../render/rendered-file.ts'
import type {BalancerFilePlan, FileChange, NodePlan, Plan, Step} from './plan.ts'
import type {Situation} from './situation.ts'

export const SAVED_PLAN_TYPE = 'saved-plan'
/** One higher with every change of what is saved: a plan of another format is refused. */
export const SAVED_PLAN_FORMAT = 3

/** What was wished over gha.yaml when the plan was made. */
export interface PlanOptions {
  readonly to?: string | undefined
  readonly limit?: readonly string[] | undefined
  readonly canary?: string | undefined
  readonly maxFailed?: number | undefined
  readonly skipBalancers?: readonly string[] | undefined
  /** False where nobody shall watch what users get. */
  readonly probe?: boolean | undefined
  readonly backupCommand?: string | undefined
  readonly skipBackup?: boolean | undefined
}

/** A plan and all that it takes for granted, fit to lie in a file: what covers a secret is an HMAC keyed from `secret_key`. */
export interface SavedPlan {
  readonly type: typeof SAVED_PLAN_TYPE
  readonly schemaVersion: number
  readonly cluster: string
  readonly madeAt: string
  readonly options: PlanOptions
  /** Of gha.yaml as it was, and as the run writes it. */
  readonly clusterFile: {readonly seen: string; readonly written: string}
  readonly verb: Plan['verb']
  readonly from?: string
  readonly to: string
  readonly step: VersionStep
  readonly window?: {readonly writer?: string; readonly stops: readonly SavedNodePlan[]}
  readonly waves: readonly (readonly SavedNodePlan[])[]
  readonly balancerFiles: readonly SavedBalancerFile[]
  readonly pending: readonly string[]
  readonly nodes: readonly SavedNode[]
}

export interface SavedNodePlan {
  readonly node: string
  readonly reasons: readonly string[]
  readonly changes: readonly FileChange[]
  readonly steps: readonly Step[]
  /** What the plan saw of each file; null where there was none. */
  readonly files: Readonly<Record<string, string | null>>
}

export interface SavedBalancerFile {
  readonly balancer: string
  readonly path: string
  readonly change: string
  readonly foreign: string | null
  readonly seen: string | null
  readonly content: string | null
}

/** A node of gha.yaml, whether there is work on it or not: what it should be, and what was seen of it. */
export interface SavedNode {
  readonly node: string
  readonly release: string
  readonly files: Readonly<Record<string, string>>
  readonly seen: {
    readonly version: string | null
    readonly running: boolean
    /** An earlier run had it in its hands. */
    readonly unfinished: boolean
    /** Balancer host → state of the node there. */
    readonly balancers: Readonly<Record<string, string>>
  }
}

export interface PlanToSave {
  readonly plan: Plan
  readonly situations: readonly Situation[]
  readonly views: readonly BalancerView[]
  readonly balancerFiles: readonly RenderedFile[]
  readonly options: PlanOptions
  /** Text of gha.yaml as it is, and as the run writes it. */
  readonly clusterFile: {readonly seen: string; readonly written: string}
  readonly at: number
}

export function savedPlanOf(key: Secret, given: PlanToSave): SavedPlan {
  const {plan, situations, views, clusterFile} = given
  return {
    type: SAVED_PLAN_TYPE,
    schemaVersion: SAVED_PLAN_FORMAT,
    cluster: plan.cluster,
    madeAt: new Date(given.at).toISOString(),
    options: given.options,
    clusterFile: {seen: fingerprint(key, clusterFile.seen), written: fingerprint(key, clusterFile.written)},
    verb: plan.verb,
    ...(plan.from ? {from: formatVersion(plan.from)} : {}),
    to: formatVersion(plan.to),
    step: plan.step,
    ...(plan.window ? {window: {...plan.window, stops: plan.window.stops.map(node => savedNodePlan(key, node))}} : {}),
    waves: plan.waves.map(wave => wave.map(node => savedNodePlan(key, node))),
    balancerFiles: plan.balancerFiles.map(file => savedBalancerFile(key, file, given.balancerFiles)),
    pending: plan.pending,
    nodes: situations.map(situation => savedNode(key, situation, views)),
  }
}

function savedNodePlan(key: Secret, {node, reasons, changes, steps, seen}: NodePlan): SavedNodePlan {
  const files = [...seen].map(([path, sum]) => [path, sum === undefined ? null : fingerprint(key, sum)])
  return {node, reasons, changes, steps, files: Object.fromEntries(files)}
}

function savedBalancerFile(
  key: Secret,
  {balancer, path, change, foreign, seen}: BalancerFilePlan,
  files: readonly RenderedFile[],
): SavedBalancerFile {
  const file = files.find(candidate => candidate.path === path)
  return {
    balancer,
    path,
    change,
    foreign: foreign ?? null,
    seen: seen === undefined ? null : fingerprint(key, seen),
    content: file ? fingerprint(key, sha256(file.content.reveal())) : null,
  }
}

function savedNode(key: Secret, situation: Situation, views: readonly BalancerView[]): SavedNode {
  const {node, wish, version, running, heldOut, armed} = situation
  const ours = views.filter(({server}) => server === node.balancerName)
  return {
    node: node.name,
    release: wish.release.id,
    files: Object.fromEntries(sumsOf(wish.release).map(([path, sum]) => [path, fingerprint(key, sum)])),
    seen: {
      version: version ? formatVersion(version) : null,
      running,
      unfinished: heldOut || armed !== undefined,
      balancers: Object.fromEntries(ours.map(({balancer, state}) => [balancer, state])),
    },
  }
}
