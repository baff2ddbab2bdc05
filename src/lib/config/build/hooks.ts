import {HOOK_NAMES, type Hook, type Hooks} from '../../model/hook.ts'
import type {Argv} from '../../model/node.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import {secondsOf} from './duration.ts'

const DEADLINE_SECONDS = 60

type HookInput = NonNullable<NonNullable<ClusterInput['hooks']>['postNode']>

export function buildHooks(input: ClusterInput['hooks'] = {}): Hooks {
  return Object.fromEntries(
    HOOK_NAMES.flatMap(name => {
      const given = input[name]
      return given ? [[name, hookOf(given, name.startsWith('pre') ? 'stop' : 'warn')]] : []
    }),
  )
}

function hookOf(input: HookInput, usual: Hook['onFailure']): Hook {
  const {run, deadline, onFailure = usual} = Array.isArray(input) ? {run: input} : input
  return {
    argv: run as unknown as Argv,
    deadlineSeconds: deadline === undefined ? DEADLINE_SECONDS : secondsOf(deadline),
    onFailure,
  }
}
