import type {ProgressEvent, StepName} from './run.ts'

/** When what was done to which node. */
export interface TimedStep {
  readonly node: string
  readonly step: StepName
  /** Milliseconds since 1970 on the controller. */
  readonly from: number
  readonly to: number
  readonly result: 'done' | 'failed'
}

/** Keeps the time of every step of a run; what never ended is left out. */
export class Timeline {
  readonly #now: () => number
  readonly #begun = new Map<string, number>()
  readonly #steps: TimedStep[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  get steps(): readonly TimedStep[] {
    return this.#steps
  }

  heard(event: ProgressEvent): void {
    if (event.type === 'step-started') this.#begun.set(`${event.node} ${event.step}`, this.#now())
    if (event.type !== 'step-done' && event.type !== 'step-failed') return
    const {node, step, type} = event
    const to = this.#now()
    const from = this.#begun.get(`${node} ${step}`) ?? to
    this.#steps.push({node, step, from, to, result: type === 'step-done' ? 'done' : 'failed'})
  }
}
