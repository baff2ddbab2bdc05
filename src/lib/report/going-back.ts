import type {Plan} from '../plan/plan.ts'

/** What a version step means for whoever wants to be back where he was. */
export function goingBack({step, onFailure}: Pick<Plan, 'step' | 'onFailure'>): string {
  return onFailure === 'go-back' ? GOING_BACK[step.kind] : `${HELD_OUT[step.kind]} (${WHY[onFailure]})`
}

const WHY = {
  'hold-out': '`autoRevert: false`',
  'cannot-go-back': '`install: none`: the old version is there once it is brought back',
} as const

const GOING_BACK: Readonly<Record<Plan['step']['kind'], string>> = {
  none: 'a node that fails goes back by itself; later, a rollout to the old version does it',
  additive: 'a node that fails goes back by itself; after the rollout `gha rollout undo` does it, or a restored backup',
  'single-writer':
    'until the migration begins everything goes back by itself; after that forward, or a restored backup',
  unsupported: 'gha does not go this way',
}

const HELD_OUT: typeof GOING_BACK = {
  ...GOING_BACK,
  none: 'a node that fails is held out on its new release; a rollout to the old version brings it back',
  additive: 'a node that fails is held out on its new release; `gha rollout undo` brings it back, or a restored backup',
  'single-writer':
    'a node that fails is held out, and the others stay stopped; once the migration has begun forward, or a restored backup',
}
