import {GhaError} from '../errors/gha-error.ts'
import {packageAtHand} from '../host/package-at-hand.ts'
import {type Staged, stageRelease} from '../host/stage.ts'
import type {NodePlan} from '../plan/plan.ts'
import type {RenderedFile} from '../render/rendered-file.ts'
import {activationOf, nodeNamed, runOn, type UnstagedRun} from './run.ts'

export interface Payload {
  readonly filesOf: (node: string) => readonly RenderedFile[]
  /** The archive of the wished version, read once, where the install method pushes it. */
  readonly archive?: () => Promise<Uint8Array>
}

/**
 * Puts everything onto all nodes at once before the first drain: while a node is out, nothing is downloaded.
 * @throws GhaError with the node, when one of them cannot be staged; nothing that runs was touched then.
 */
export async function stageNodes(run: UnstagedRun, payload: Payload): Promise<ReadonlyMap<string, Staged>> {
  const plans = run.plan.waves.flat().filter(({steps}) => steps.some(({kind}) => kind === 'activate'))
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
    const archive =
      payload.archive &&
      !(await runOn(
        run,
        node,
        packageAtHand(activation.state, activation.install, activation.install.spell(release.version)),
      ))
        ? await payload.archive()
        : undefined
    const contents = payload.filesOf(node.name).map(({content}) => new TextEncoder().encode(content.reveal()))
    const staged = await runOn(
      run,
      node,
      stageRelease({...activation, release, contents, ...(archive ? {archive} : {})}),
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
      detail: wayBack(staged),
    })
    return staged
  } catch (error) {
    if (!(error instanceof GhaError)) throw error
    throw new GhaError(error.message, {
      code: 'STAGING_FAILED',
      exit: error.exit === 'bug' ? 'reverted' : error.exit,
      node: node.name,
      step: 'stage',
      unchanged: 'Every Grafana runs as before.',
      hint: error.hint ?? 'Run `gha check`, mend what it names, and run the command again.',
      cause: error,
    })
  }
}

function wayBack({previous, wayBack: possible}: Staged): string {
  if (!previous) return 'nothing was there before'
  return possible ? `way back: ${previous}` : `no way back: the package of ${previous} cannot be had any more`
}
