import type {Step} from './plan.ts'
import type {SavedBalancerFile, SavedNode, SavedNodePlan, SavedPlan} from './saved-plan.ts'
import {PROCESS_OLDER} from './situation.ts'

/**
 * What is not any more as a saved plan took it for granted, in words; empty when exactly that plan can be carried out.
 * A node that is now what the plan makes of it, or that a run of it was cut on, is no such thing: then the plan goes on.
 */
export function movedSince(saved: SavedPlan, now: SavedPlan): readonly string[] {
  const wish = movedWish(saved, now)
  if (wish.length > 0) return wish
  return [
    ...movedStep(saved, now),
    ...movedWindow(saved, now),
    ...movedNodes(saved, now),
    ...movedOrder(saved, now),
    ...movedBalancerFiles(saved, now),
  ]
}

/** Another wish makes another plan: all else follows from it, and is not told. */
function movedWish(saved: SavedPlan, now: SavedPlan): readonly string[] {
  const {seen} = now.clusterFile
  const nodes = saved.nodes.map(({node}) => node).join(', ')
  const others = now.nodes.map(({node}) => node).join(', ')
  return [
    ...(seen === saved.clusterFile.seen || seen === saved.clusterFile.written ? [] : ['gha.yaml has changed']),
    ...(nodes === others ? [] : [`the nodes are ${others} now, not ${nodes}`]),
    ...now.nodes.flatMap(node => movedTarget(nodeIn(saved, node.node), node)),
  ]
}

function movedTarget(saved: SavedNode | undefined, now: SavedNode): readonly string[] {
  if (!saved) return []
  const paths = new Set([...Object.keys(saved.files), ...Object.keys(now.files)])
  const changed = [...paths].filter(path => saved.files[path] !== now.files[path])
  if (changed.length > 0) return changed.map(path => `${now.node}: ${path} would be written otherwise`)
  return saved.release === now.release ? [] : [`${now.node}: its release would be ${now.release}, not ${saved.release}`]
}

/** Where only confirmed nodes are left, no version changes any more. */
function movedStep(saved: SavedPlan, now: SavedPlan): readonly string[] {
  if (now.step.kind === saved.step.kind || now.step.kind === 'none') return []
  return [`the step to ${now.to} is ${now.step.kind} now, not ${saved.step.kind}`]
}

/** Less than was announced is no reason to stop: an earlier run has done it. */
function movedWindow(saved: SavedPlan, now: SavedPlan): readonly string[] {
  if (!now.window) return []
  if (!saved.window) return ['nobody would serve while one node migrates alone: the plan had no such window']
  const {writer, stops} = saved.window
  const other = now.window.writer !== undefined && now.window.writer !== writer
  return [
    ...(other ? [`${now.window.writer} would migrate alone, not ${writer ?? 'any node'}`] : []),
    ...now.window.stops.flatMap(plan => movedStop(stops, plan, now)),
  ]
}

function movedStop(stops: readonly SavedNodePlan[], plan: SavedNodePlan, now: SavedPlan): readonly string[] {
  const planned = stops.find(({node}) => node === plan.node)
  if (!planned) return [`${plan.node} would be stopped for the migration too`]
  if (nodeIn(now, plan.node)?.seen.unfinished || same(planned.steps, plan.steps)) return []
  return [`${plan.node} would be stopped by other steps: ${kindsOf(plan)}, not ${kindsOf(planned)}`]
}

function movedNodes(saved: SavedPlan, now: SavedPlan): readonly string[] {
  return now.nodes.flatMap(node => {
    const before = nodeIn(saved, node.node)
    return before ? movedNode(before, node, {planned: planIn(saved, node.node), plan: planIn(now, node.node)}) : []
  })
}

interface Work {
  readonly planned: SavedNodePlan | undefined
  readonly plan: SavedNodePlan | undefined
}

function movedNode(before: SavedNode, now: SavedNode, {planned, plan}: Work): readonly string[] {
  if (!plan) return planned ? [] : movedSight(before, now)
  if (!planned) return [`${now.node} needs work too: ${plan.reasons.join(', ')}`]
  if (isCut(before, now)) return movedFiles(planned, plan)
  return [...movedSight(before, now), ...movedPlan(planned, plan)]
}

function movedPlan(saved: SavedNodePlan, now: SavedNodePlan): readonly string[] {
  const files = movedFiles(saved, now)
  if (files.length > 0) return files
  if (!same(reasonsIn(saved, now), reasonsIn(now, saved)) || !same(saved.changes, now.changes))
    return [`${now.node}: ${now.reasons.join(', ')}; the plan was for: ${saved.reasons.join(', ')}`]
  return same(timelessSteps(saved), timelessSteps(now))
    ? []
    : [`${now.node} would go other steps: ${kindsOf(now)}, not ${kindsOf(saved)}`]
}

/** How long a dead man waits follows from who goes together, and that from who is done already; all else of it is in gha.yaml. */
function timelessSteps({steps}: SavedNodePlan): readonly Step[] {
  return steps.map(step => ('seconds' in step ? {...step, seconds: 0} : step))
}

/** Where every file holds what it held, its time alone is no news: somebody changed one and changed it back. */
function reasonsIn(one: SavedNodePlan, other: SavedNodePlan): readonly string[] {
  return same(one.files, other.files) ? one.reasons.filter(text => !text.startsWith(PROCESS_OLDER)) : one.reasons
}

/** A file that stands there is the one that the plan saw, or already the one that it writes. */
function movedFiles(saved: SavedNodePlan, now: SavedNodePlan): readonly string[] {
  return now.changes
    .filter(({path}) => now.files[path] !== saved.files[path])
    .map(({path}) => `${now.node}: ${path} was changed since`)
}

function movedSight({seen}: SavedNode, {node, seen: now}: SavedNode): readonly string[] {
  const hosts = new Set([...Object.keys(seen.balancers), ...Object.keys(now.balancers)])
  return [
    ...(seen.version === now.version
      ? []
      : [`${node} runs ${now.version ?? 'nothing'} now, not ${seen.version ?? 'nothing'}`]),
    ...(seen.running === now.running ? [] : [`Grafana ${now.running ? 'runs' : 'does not run'} on ${node} now`]),
    ...[...hosts]
      .filter(host => seen.balancers[host] !== now.balancers[host])
      .map(
        host =>
          `${node} is ${now.balancers[host] ?? 'unknown'} at ${host} now, not ${seen.balancers[host] ?? 'unknown'}`,
      ),
  ]
}

/** A run took the node into its hands after the plan was made, and did not end. */
function isCut(saved: SavedNode, now: SavedNode): boolean {
  return now.seen.unfinished && !saved.seen.unfinished
}

function movedOrder(saved: SavedPlan, now: SavedPlan): readonly string[] {
  const cut = new Set(now.nodes.filter(node => isCut(nodeIn(saved, node.node) ?? node, node)).map(({node}) => node))
  const left = now.waves.flat().flatMap(({node}) => (cut.has(node) || !planIn(saved, node) ? [] : [node]))
  const planned = saved.waves.flat().flatMap(({node}) => (left.includes(node) ? [node] : []))
  return same(left, planned) ? [] : [`the nodes would go as ${left.join(', ')} now, not as ${planned.join(', ')}`]
}

function movedBalancerFiles(saved: SavedPlan, now: SavedPlan): readonly string[] {
  return now.balancerFiles
    .filter(file => !saved.balancerFiles.some(candidate => same(candidate, file)))
    .map(file => `${file.balancer}: ${file.path} ${whyMoved(file, saved.balancerFiles)}`)
}

function whyMoved({balancer, path, content}: SavedBalancerFile, saved: readonly SavedBalancerFile[]): string {
  const before = saved.find(candidate => candidate.balancer === balancer && candidate.path === path)
  if (!before) return 'needs work too'
  return before.content === content ? 'was changed since' : 'would be written otherwise'
}

function nodeIn({nodes}: SavedPlan, name: string): SavedNode | undefined {
  return nodes.find(({node}) => node === name)
}

function planIn({waves}: SavedPlan, name: string): SavedNodePlan | undefined {
  return waves.flat().find(({node}) => node === name)
}

function kindsOf({steps}: SavedNodePlan): string {
  return steps.map(({kind}) => kind).join(' → ')
}

/** Both come from one place, so that their keys stand in one order. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
