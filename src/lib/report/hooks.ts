import type {Hook, HookName} from '../model/hook.ts'

/** A hook as the plan shows it, without secrets. */
export interface ShownHook extends Omit<Hook, 'argv'> {
  readonly hook: HookName
  readonly words: string
}

export function hookLines(hooks: readonly ShownHook[] = []): readonly string[] {
  return hooks.map(({hook, words, deadlineSeconds, onFailure, skipped}) => {
    const stops = onFailure === 'stop' ? ', stops the run when it fails' : ''
    return `  ${hook.padEnd(11)} ${skipped ? 'skipped, by --skip-hooks' : `${words} (at most ${deadlineSeconds} s${stops})`}`
  })
}
