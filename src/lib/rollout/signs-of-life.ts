import type {NodeObservation} from '../facts/node-observation.ts'
import {processOf} from './process-of.ts'

/** One start more, between two looks, is none yet. */
const LOOKS_WITHOUT = 3

/** Tells, from look to look, a Grafana that is slow from one that ends whenever it is started. */
export class SignsOfLife {
  #process: string | undefined
  #without = 0

  /** False once several looks in a row did not meet the process of the look before. Of a silent node nobody can say. */
  seenIn(seen: NodeObservation): boolean {
    if (!seen.service.known) return true
    const process = processOf(seen)
    this.#without = process !== undefined && process === this.#process ? 0 : this.#without + 1
    this.#process = process
    return this.#without < LOOKS_WITHOUT
  }
}
