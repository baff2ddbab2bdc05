import path from 'node:path'
import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import {HOOK_NAMES} from '../../model/hook.ts'
import type {Ports} from '../../ports/ports.ts'
import {callHook, type HookScene} from '../../rollout/call-hook.ts'

export interface Beforehand extends Omit<HookScene, 'ports'> {
  readonly dryRun: boolean
}

/**
 * Before the first host is reached: the programs of all hooks are there, and `preConnect` runs. A dry run runs none.
 * @throws GhaError `HOOK_MISSING` | `HOOK_FAILED`
 */
export async function beforeConnecting({dryRun, ...scene}: Beforehand, ports: Ports): Promise<void> {
  if (dryRun) return
  await refuseMissing(scene.cluster, ports)
  await callHook({...scene, ports}, {hook: 'preConnect'})
}

async function refuseMissing({hooks, file}: Cluster, {hookPrograms}: Pick<Ports, 'hookPrograms'>): Promise<void> {
  for (const name of HOOK_NAMES) {
    const hook = hooks[name]
    if (!hook || hook.skipped || (await hookPrograms.isThere(hook.argv[0], path.dirname(file)))) continue
    throw new GhaError(`there is no program ${hook.argv[0]} that can be run for \`hooks.${name}\``, {
      code: 'HOOK_MISSING',
      exit: 'preflight',
      unchanged: 'Nothing was changed.',
      hint: 'Correct it in gha.yaml (a relative path starts at the folder of gha.yaml), or `chmod +x` the program; `--skip-hooks` goes without any hook.',
    })
  }
}
