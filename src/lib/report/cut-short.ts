import type {ProgressEvent, StepName} from '../rollout/run.ts'

/** Follows a run, to say what stopping it means, and what is left behind when it is ended from one moment to the next. */
export class Footprints {
  readonly #busy = new Map<string, StepName>()
  #waiting: readonly string[] = []
  #trial = false
  #phase: 'before' | 'prepares' | 'runs' | 'trial' = 'before'

  heed(event: ProgressEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#waiting = event.nodes
        this.#busy.clear()
        this.#phase = 'prepares'
        return
      case 'step-started':
        this.#busy.set(event.node, event.step)
        if (event.step === 'stage') return
        this.#phase = 'runs'
        this.#waiting = this.#waiting.filter(node => node !== event.node)
        return
      case 'step-done':
        if (event.step === 'stage' || event.step === 'revert') this.#busy.delete(event.node)
        return
      case 'trial-begun':
        this.#trial = true
        this.#phase = 'trial'
        return
      case 'trial-over':
        this.#phase = 'runs'
        return
      case 'node-done':
        this.#busy.delete(event.node)
        return
      default:
        return
    }
  }

  /** What the wish to stop comes to now: a sentence without its full stop. */
  stopping(): string {
    const busy = [...this.#busy.keys()]
    if (this.#phase === 'before') return 'Stopping before anything is changed'
    if (this.#phase === 'prepares') return 'Stopping before the first node is touched'
    if (this.#phase === 'trial') return 'Ending the trial, and undoing what was tried'
    if (busy.length > 0) return `Finishing ${busy.join(', ')}, then stopping`
    return this.#waiting.length > 0 ? 'Stopping before the next node' : 'Every node is done; stopping after a last look'
  }

  /** Whole sentences, one a line. */
  left(): string {
    const busy = [...this.#busy].map(([node, step]) => `${node} was at ${step}: ${STANDS[step] ?? OUT}.`)
    return [
      'Stopped at once.',
      ...(this.#phase === 'before' ? ['No node was touched.'] : []),
      ...busy,
      ...(this.#trial ? ['It was not confirmed, and nobody goes back by himself: `gha rollout undo` does.'] : []),
      ...(this.#waiting.length > 0 ? [`${this.#waiting.join(', ')}: not begun, as before.`] : []),
      'The lock is free on this machine at once, for others in a minute. `gha status` shows the nodes; the same command does what is left.',
    ].join('\n')
  }
}

const OUT =
  'it may be out of the balancer, and goes back to its old release by itself when its time is over; it does not go back into the balancer by itself'
const STANDS: Partial<Record<StepName, string>> = {
  stage: 'nothing that runs was touched',
  'may-it-go': 'it serves as before',
  arm: 'it serves as before',
  drain: 'it may be out of the balancer, with its old release running',
  disarm: 'it runs its new release, and may be out of the balancer',
  undrain: 'it runs its new release, and may be out of the balancer',
}
