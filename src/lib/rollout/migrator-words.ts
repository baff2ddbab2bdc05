import type {MigratorLine} from '../facts/migrator-lines.ts'
import type {NodeObservation} from '../facts/node-observation.ts'
import {CLOCK_GRAIN_SECONDS} from '../facts/process.ts'
import type {Node} from '../model/node.ts'
import type {Run} from './run.ts'

/** A migration of a large schema says hundreds of lines: of one look only the newest are told. */
const TOLD_AT_ONCE = 3
/** How long before the first look a process may have begun and ended. */
const LOOK_BACK_SECONDS = 60

interface Words {
  readonly run: Pick<Run, 'progress' | 'ports'>
  readonly node: Pick<Node, 'name'>
}

/** What the migrators of one node's Grafana say, each thing once. */
export class MigratorWords {
  readonly #run: Words['run']
  readonly #node: string
  /** Of the last look that found any: whatever stood before those stands there no more. */
  #heard: ReadonlySet<string> = new Set()
  /** By the node's clock; what follows is news, also the last words of a process that is gone. */
  #since: number | undefined

  constructor({run, node}: Words) {
    this.#run = run
    this.#node = node.name
  }

  /** What no look before has heard. A log may begin long before the process. */
  newIn(seen: NodeObservation): readonly MigratorLine[] {
    this.#since ??= beginning(seen, this.#run.ports.clock.now())
    const since = this.#since
    const lines = seen.migratorLines?.known ? seen.migratorLines.value : []
    const found = new Map(lines.map(line => [`${line.at} ${line.words}`, line]))
    const heard = this.#heard
    if (found.size > 0) this.#heard = new Set(found.keys())
    return [...found].flatMap(([key, line]) => ((line.at ?? 0) < since || heard.has(key) ? [] : [line]))
  }

  /** Every start says that there was nothing to migrate: where none goes on, only a complaint is worth a line. */
  tell(news: readonly MigratorLine[], {goesOn}: {readonly goesOn: boolean}): void {
    const worth = news.filter(({as}) => goesOn || as !== 'progress')
    const more = worth.length - TOLD_AT_ONCE
    if (more > 0) this.#note(`… ${more} ${more === 1 ? 'line' : 'lines'} more of its migrations`)
    for (const {words} of worth.slice(-TOLD_AT_ONCE)) this.#note(words)
  }

  #note(text: string): void {
    this.#run.progress({type: 'note', node: this.#node, text: `log of ${this.#node}: ${text}`})
  }
}

/** When the process began that is seen first; or a while ago, for others may have ended before it. */
function beginning({service, clock}: NodeObservation, now: number): number {
  const onNode = now / 1000 + (clock.known ? clock.value.seconds : 0)
  const process = service.known ? service.value.process : undefined
  return Math.min(process ? process.startedAt - CLOCK_GRAIN_SECONDS : onNode, onNode - LOOK_BACK_SECONDS)
}
