import {carry} from '../host/carry.ts'
import {newestRequest, parseRequest, type RunRequest} from '../model/run-request.ts'
import type {Script} from '../model/script.ts'
import type {Host} from '../ports/host.ts'

/**
 * What a run and its nodes have to say to each other, on the back of scripts that run anyway: journal lines to every node,
 * and what an operator asks of the run, back from any of them.
 */
export class Mail {
  readonly #run: string
  readonly #lines: string[] = []
  readonly #delivered = new Map<string, number>()
  #heard: RunRequest | undefined

  constructor(run: string) {
    this.#run = run
  }

  post(line: string): void {
    this.#lines.push(line)
  }

  /** What was asked last, as far as it has come back. */
  get heard(): RunRequest | undefined {
    return this.#heard
  }

  async through<T>(host: Host, node: string, script: Script<T>): Promise<T> {
    const from = this.#delivered.get(node) ?? 0
    const lines = this.#lines.slice(from)
    const first = from === 0 && lines.length > 0
    const {value, noted, request} = await host.run(carry(script, {run: this.#run, lines, first}))
    if (noted) this.#delivered.set(node, Math.max(from + lines.length, this.#delivered.get(node) ?? 0))
    this.#heard = newestRequest([this.#heard, parseRequest(request ?? '')], this.#run)
    return value
  }
}
