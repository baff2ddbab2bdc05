import type {DeadManIs, ProgressEvent, StepName} from '../rollout/run.ts'

/** Follows a run, to say what stopping it means, and what is left behind when it is ended from one moment to the next. */
export class Footprints {
  readonly #busy = new Map<string, StepName>()
  readonly #deadMen = new Map<string, DeadManIs>()
  /** Made room for a node that migrates alone, and not started again yet. */
  readonly #stopped = new Set<string>()
  readonly #failed = new Set<string>()
  /** On the way back to what they were. */
  readonly #back = new Set<string>()
  #waiting: readonly string[] = []
  #trial = false
  #phase: 'before' | 'prepares' | 'runs' | 'trial' = 'before'

  heed(event: ProgressEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#waiting = event.nodes
        for (const each of [this.#busy, this.#deadMen, this.#stopped, this.#failed, this.#back]) each.clear()
        this.#phase = 'prepares'
        return
      case 'step-started':
        this.#begun(event.node, event.step)
        return
      case 'step-done':
        if (ENDS.has(event.step)) this.#busy.delete(event.node)
        return
      case 'step-failed':
        this.#failed.add(event.node)
        return
      case 'dead-man':
        this.#deadMen.set(event.node, event.is)
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

  #begun(node: string, step: StepName): void {
    if (step === 'revert' || this.#failed.has(node)) this.#back.add(node)
    this.#busy.set(node, step)
    if (step === 'stage') return
    if (step === 'stop') this.#stopped.add(node)
    if (step === 'activate' || step === 'revert') this.#stopped.delete(node)
    this.#phase = 'runs'
    this.#waiting = this.#waiting.filter(waiting => waiting !== node)
  }

  /** What the wish to stop comes to now: a sentence without its full stop. */
  stopping(): string {
    const busy = [...this.#busy.keys()]
    if (this.#phase === 'before') return 'Stopping before anything is changed'
    if (this.#phase === 'prepares') return 'Stopping before the first node is touched'
    if (this.#phase === 'trial') return 'Ending the trial, and undoing what was tried'
    if (busy.length > 0 && busy.every(node => this.#busy.get(node) === 'stop'))
      return `Starting ${busy.join(', ')} again, then stopping`
    if (busy.length > 0) return `Finishing ${busy.join(', ')}, then stopping`
    return this.#waiting.length > 0 ? 'Stopping before the next node' : 'Every node is done; stopping after a last look'
  }

  /** Whole sentences, one a line. */
  left(): string {
    const busy = [...this.#busy].map(([node, step]) => `${node} was at ${step}: ${this.#standing(node, step)}.`)
    return [
      'Stopped at once.',
      ...(this.#phase === 'before' ? ['No node was touched.'] : []),
      ...busy,
      ...(this.#trial ? ['It was not confirmed, and nobody goes back by himself: `gha rollout undo` does.'] : []),
      ...(this.#waiting.length > 0 ? [`${this.#waiting.join(', ')}: not begun, as before.`] : []),
      'The lock is free on this machine at once, for others in a minute. `gha status` shows the nodes; the same command does what is left.',
    ].join('\n')
  }

  #standing(node: string, step: StepName): string {
    if (this.#stopped.has(node)) return STOPPED
    if (this.#back.has(node) && step !== 'revert') return GIVEN_BACK
    return STANDS[step] ?? ON_ITS_WAY[this.#deadMen.get(node) ?? 'gone']
  }
}

/** Nobody is busy with the node after these, unless another step begins. */
const ENDS: ReadonlySet<StepName> = new Set(['stage', 'revert', 'undrain', 'leave-drained'])

const GIVEN_BACK =
  'it was being given back as it was: it may be out of the balancer, and does not go back into it by itself'
const STOPPED = 'it may be out of the balancer and stopped, and stays so, also over a reboot'

/** Between its swap and its confirmation. */
const ON_ITS_WAY: Readonly<Record<DeadManIs, string>> = {
  armed:
    'it may be out of the balancer, and goes back to its old release by itself when its time is over; it does not go back into the balancer by itself',
  waiting:
    'it may be out of the balancer, and stays on its new release, which may migrate; it does not go back into the balancer by itself',
  gone: 'it may be out of the balancer, and stays as it is: nothing puts its old release back by itself',
}

const CONFIRMED = 'it runs its new release, and may be out of the balancer'
const STANDS: Partial<Record<StepName, string>> = {
  stage: 'nothing that runs was touched',
  'may-it-go': 'it serves as before',
  arm: 'it is as before',
  drain: 'it may be out of the balancer, with its old release running',
  disarm: CONFIRMED,
  undrain: CONFIRMED,
  'leave-drained': 'it runs its new release, and stays drained',
  soak: CONFIRMED,
  revert: 'it was going back to its old release, and may be out of the balancer; it does not go back into it by itself',
}
