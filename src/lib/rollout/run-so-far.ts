import type {ProgressEvent} from './run.ts'

/** How far a node came in a run that ended with an error. */
export type NodeSoFar = 'done' | 'unfinished' | 'not-begun'

/** Follows a run, for the case that it ends with an error: then nobody sums it up. */
export class RunSoFar {
  #run: string | undefined
  readonly #nodes = new Map<string, NodeSoFar>()

  /** Undefined until it has begun. */
  get run(): string | undefined {
    return this.#run
  }

  get nodes(): readonly {readonly node: string; readonly result: NodeSoFar}[] {
    return [...this.#nodes].map(([node, result]) => ({node, result}))
  }

  heard(event: ProgressEvent): void {
    if (event.type === 'run-started') {
      this.#run = event.run
      for (const node of event.nodes) this.#nodes.set(node, 'not-begun')
    }
    if (event.type === 'step-started' && event.step !== 'stage') this.#nodes.set(event.node, 'unfinished')
    if (event.type === 'node-done') this.#nodes.set(event.node, 'done')
  }
}
