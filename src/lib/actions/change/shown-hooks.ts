import type {Cluster} from '../../model/cluster.ts'
import {HOOK_NAMES} from '../../model/hook.ts'
import {secretsIn} from '../../model/secrets-in.ts'
import type {ShownHook} from '../../report/hooks.ts'
import {wordsOf} from '../../rollout/call-hook.ts'

/** The hooks of gha.yaml, in the order of a run. */
export function shownHooks(cluster: Cluster): readonly ShownHook[] {
  return HOOK_NAMES.flatMap(name => {
    const hook = cluster.hooks[name]
    if (!hook) return []
    const {argv: _, ...rest} = hook
    return [{hook: name, words: wordsOf(hook, secretsIn(cluster)), ...rest}]
  })
}
