import {callHook, type HookScene} from './call-hook.ts'

/** `postRollout` runs once `preRollout` went well, however the run ends. */
export class RolloutHooks {
  readonly #scene: HookScene
  #open = false

  constructor(scene: HookScene) {
    this.#scene = scene
  }

  /** @throws GhaError `HOOK_FAILED` */
  async open(): Promise<void> {
    await callHook(this.#scene, {hook: 'preRollout'})
    this.#open = true
  }

  async close(outcome: string): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await callHook(this.#scene, {hook: 'postRollout', outcome})
  }
}
