import type {Argv} from './node.ts'

/** When a program of the operator runs, in the order of a run. */
export const HOOK_NAMES = [
  'preConnect',
  'postConnect',
  'preRollout',
  'preNode',
  'preDrain',
  'postDrain',
  'postNode',
  'postRollout',
] as const

export type HookName = (typeof HOOK_NAMES)[number]

/** A program of the operator that runs on the machine of gha, in the folder of gha.yaml. */
export interface Hook {
  readonly argv: Argv
  /** After it the program is ended, with all that it started. */
  readonly deadlineSeconds: number
  readonly onFailure: 'warn' | 'stop'
  /** In the operator's word, for this run. */
  readonly skipped?: true
}

export type Hooks = {readonly [K in HookName]?: Hook}
