import {type NodeOutcome, wasBegun} from '../../rollout/node-outcome.ts'
import type {VersionNow} from './write-version.ts'

/** All went back, or nothing was begun. Where no node had anything to do, that was done. */
export function isAsBefore(nodes: readonly NodeOutcome[]): boolean {
  const result = resultOf(nodes)
  return result === 'reverted' || (result === 'stopped' && !nodes.some(wasBegun))
}

/** `reverted` promises that everything is as it was, gha.yaml too: nothing else was changed before the failure. */
export function resultOf(
  nodes: readonly NodeOutcome[],
  version: VersionNow = 'back',
): 'done' | 'stopped' | 'reverted' | 'partial' {
  const failure = nodes.find(({result}) => result === 'failed')
  if (!failure) return nodes.every(({result}) => result === 'done') ? 'done' : 'stopped'
  const changed = nodes.some(({result}) => result === 'done' || result === 'held-out')
  const restored = nodes.every(node => node.result !== 'failed' || node.aftermath.state === 'restored')
  return changed || !restored || version === 'left' ? 'partial' : 'reverted'
}
