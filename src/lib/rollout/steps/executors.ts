import type {Step, StepKind} from '../../plan/plan.ts'
import type {Turn} from '../run.ts'
import {activate} from './activate.ts'
import {arm} from './arm.ts'
import {disarm} from './disarm.ts'
import {drain} from './drain.ts'
import {gate} from './gate.ts'
import {leaveDrained} from './leave-drained.ts'
import {rearm} from './rearm.ts'
import {soak} from './soak.ts'
import type {StepExecutor} from './step.ts'
import {stop} from './stop.ts'
import {undrain} from './undrain.ts'

/** A new kind of step does not compile until it stands here. */
const EXECUTORS: {readonly [K in StepKind]: StepExecutor<K>} = {
  arm,
  rearm,
  drain,
  stop,
  activate,
  gate,
  disarm,
  undrain,
  soak,
  'leave-drained': leaveDrained,
}

export function describeStep(step: Step): string {
  return (EXECUTORS[step.kind] as StepExecutor<StepKind>).describe(step)
}

export function applyStep(turn: Turn, step: Step): Promise<string> {
  return (EXECUTORS[step.kind] as StepExecutor<StepKind>).apply(turn, step)
}
