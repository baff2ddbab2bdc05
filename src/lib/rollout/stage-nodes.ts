import {GhaError} from '../errors/gha-error.ts'
import {lookForPackages} from '../host/look-for-packages.ts'
import type {PluginLoad} from '../host/plugins.ts'
import {type PushedArchive, type Staged, stageRelease} from '../host/stage.ts'
import {hasStep, type NodePlan, nodesOf} from '../plan/plan.ts'
import type {RenderedFile} from '../render/rendered-file.ts'
import {activationOf, nodeNamed, runOn, type Turn, type UnstagedRun} from './run.ts'

export interface Payload {
  readonly filesOf: (node: string) => readonly RenderedFile[]
  /** True where the releases lie on their nodes already. */
  readonly kept?: boolean
  /** Where the install method pushes them. */
  readonly archives?: Archives
  /** The plugins of a node's release that it lacks. */
  readonly pluginsFor?: (node: string) => Promise<readonly PluginLoad[]>
  /** Shell text that lets a node know where its packages come from. */
  readonly setUp: string
}

/** What lies beside gha.yaml for a machine; `version` as the install method spells it, `machine` as `uname -m` does. */
export interface Archives {
  find(wanted: ArchiveWanted): Promise<Uint8Array | undefined>
  /** @throws GhaError `ARCHIVE_MISSING` */
  read(wanted: ArchiveWanted): Promise<Uint8Array>
}

export interface ArchiveWanted {
  readonly version: string
  readonly machine: string
}

/**
 * Puts everything onto all nodes at once before the first drain: while a node is out, nothing is downloaded.
 * @throws GhaError with the node, when one of them cannot be staged; nothing that runs was touched then.
 */
export async function stageNodes(run: UnstagedRun, payload: Payload): Promise<ReadonlyMap<string, Staged>> {
  const plans = nodesOf(run.plan).filter(plan => hasStep(plan, 'activate'))
  const staged = await Promise.all(plans.map(async plan => [plan.node, await stageNode(run, plan, payload)] as const))
  return new Map(staged)
}

async function stageNode(run: UnstagedRun, plan: NodePlan, payload: Payload): Promise<Staged> {
  const node = nodeNamed(run.cluster, plan.node)
  const started = run.ports.clock.now()
  run.progress({
    type: 'step-started',
    node: node.name,
    step: 'stage',
    detail: 'package and files beside the running Grafana',
  })
  try {
    const activation = activationOf(run, node)
    const {release} = plan
    const archives = await archivesFor({run, node, plan}, payload)
    const files = payload.filesOf(node.name).map(({content}) => new TextEncoder().encode(content.reveal()))
    const plugins = (await payload.pluginsFor?.(node.name)) ?? []
    const contents = payload.kept ? {} : {contents: files}
    const staged = await runOn(
      run,
      node,
      stageRelease({
        ...activation,
        release,
        ...contents,
        archives,
        plugins,
        versionsThere: versionsThere(plan),
        setUp: payload.setUp,
      }),
    )
    const {previous} = staged
    await run.journal.append({
      type: 'staged',
      node: node.name,
      releases: {to: release.id, ...(previous ? {from: previous} : {})},
    })
    run.progress({
      type: 'step-done',
      node: node.name,
      step: 'stage',
      milliseconds: run.ports.clock.now() - started,
      detail: wayBack(run, staged),
    })
    return staged
  } catch (error) {
    if (!(error instanceof GhaError)) throw error
    throw new GhaError(error.message, {
      code: 'STAGING_FAILED',
      exit: error.exit === 'bug' ? 'reverted' : error.exit,
      node: node.name,
      step: 'stage',
      unchanged: 'No Grafana was touched.',
      hint: error.hint ?? 'Run `gha check`, mend what it names, and run the command again.',
      cause: error,
    })
  }
}

/** What is as wished already has the wished version. */
function versionsThere({release, changes}: NodePlan): ReadonlyMap<string, string> {
  const before = new Map(changes.map(({path, plugin}) => [path, plugin?.from]))
  return new Map(
    (release.plugins ?? []).flatMap(({path, version}) => {
      const there = before.has(path) ? before.get(path) : version
      return there === undefined ? [] : [[path, there] as const]
    }),
  )
}

/** What must be pushed: the wished version, and the installed one where only a push could bring it again. */
async function archivesFor(
  {run, node, plan}: Pick<Turn, 'node' | 'plan'> & {readonly run: UnstagedRun},
  {archives}: Payload,
): Promise<readonly PushedArchive[]> {
  if (!archives) return []
  const {state, install} = activationOf(run, node)
  const version = install.spell(plan.release.version)
  const {wished, missingPrevious: old, machine} = await runOn(run, node, lookForPackages(state, install, version))
  const previous = old === undefined ? undefined : await archives.find({version: old, machine})
  return [
    ...(wished === 'missing' ? [{version, bytes: await archives.read({version, machine})}] : []),
    ...(old !== undefined && previous ? [{version: old, bytes: previous}] : []),
  ]
}

function wayBack({plan}: UnstagedRun, {previous, wayBack: possible, overMigration}: Staged): string {
  if (!previous) return 'nothing was there before'
  if (overMigration && plan.step.kind !== 'single-writer')
    return `no way back: ${previous} is from before a migration that had the database alone`
  return possible ? `way back: ${previous}` : `no way back: the package of ${previous} cannot be had any more`
}
