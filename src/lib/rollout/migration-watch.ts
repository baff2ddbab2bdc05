import {GhaError} from '../errors/gha-error.ts'
import {observeNode} from '../facts/observe-node.ts'
import {MAIN_LOG} from '../grafana/migration-logs.ts'
import {extendDeadMan} from '../host/dead-man.ts'
import {given} from '../model/given.ts'
import {type MigrationLog, rowsIn} from '../model/migration-log.ts'
import type {Migrated} from '../model/migration-mark.ts'
import type {Node} from '../model/node.ts'
import {activationOf, type Run, runOn, wayBackOf} from './run.ts'

/** A login each: often enough to be told, seldom enough to disturb nobody. */
const ASK_MILLISECONDS = 5000
/** One migration may rewrite a large table. After so long without a finished one an operator looks. */
const STUCK_MILLISECONDS = 3600_000

interface KnownSchema extends Migrated {
  readonly known: true
  readonly logs: readonly MigrationLog[]
  readonly locked: boolean
}

export type Schema = KnownSchema | {readonly known: false}

/** Grafana's schema as the node's own login sees it. */
export async function lookAtSchema({cluster, ports}: Run, node: Node): Promise<Schema> {
  const {database} = await observeNode({cluster, node}, ports, {files: [], probes: ['database']})
  if (!database.known || database.value.outcome !== 'answered') return {known: false}
  const {migrationCount: count, newestMigration: newest, scopedLogs, migrationLockHeld: locked} = database.value
  const logs = [{table: MAIN_LOG, count, ...given({newest})}, ...scopedLogs]
  return {known: true, logs, newest, scoped: rowsIn(scopedLogs), locked}
}

interface Seen {
  readonly logs: readonly MigrationLog[]
  readonly process: string | undefined
  /** When the last migration ended, or the first look. */
  readonly since: number
  /** The last migration that ended. */
  readonly last: string | undefined
}

/** Follows a migration from outside: while it goes on no deadline counts, and nobody puts the old release back. */
export class MigrationWatch {
  readonly #run: Run
  readonly #node: Node
  readonly #extraSeconds: number
  #asked = Number.NEGATIVE_INFINITY
  #seen: Seen | undefined
  #goesOn = false

  /** @param extraSeconds what the dead man is given anew whenever the migration was seen going on */
  constructor({run, node}: {readonly run: Run; readonly node: Node}, extraSeconds: number) {
    this.#run = run
    this.#node = node
    this.#extraSeconds = extraSeconds
  }

  /**
   * Whether this process migrates: it lives since the look before, and somebody holds the migration lock, or rows were
   * added to a log of migrations. A process that starts again and again only fails to get the lock.
   * @throws GhaError `MIGRATION_UNDER_WAY` once the operator wants to stop, `MIGRATION_STUCK` when nothing moves for an
   * hour: the migration itself is left alone.
   */
  async goesOn(process: string | undefined): Promise<boolean> {
    const now = this.#run.ports.clock.now()
    if (now - this.#asked < ASK_MILLISECONDS) return this.#goesOn
    this.#asked = now
    const schema = await lookAtSchema(this.#run, this.#node)
    this.#goesOn = schema.known && this.#moves(schema, {process, now})
    if (this.#goesOn) await this.#letItGoOn()
    return this.#goesOn
  }

  #moves(
    {logs, newest, locked}: KnownSchema,
    {process, now}: {readonly process: string | undefined; readonly now: number},
  ): boolean {
    const before = this.#seen
    const grown = before ? logs.filter(log => log.count > rowsOf(before.logs, log.table)) : []
    const since = before && grown.length === 0 ? before.since : now
    this.#seen = {logs, process, since, last: grown.at(-1)?.newest ?? before?.last ?? newest}
    const lives = process !== undefined && (before === undefined || before.process === process)
    return lives && (locked || grown.length > 0)
  }

  async #letItGoOn(): Promise<void> {
    const {progress, stopRequested, ports} = this.#run
    const node = this.#node
    if (stopRequested()) throw leftAlone(node, 'MIGRATION_UNDER_WAY', 'stopped by the operator while Grafana migrates')
    const {logs = [], since = 0, last} = this.#seen ?? {}
    if (ports.clock.now() - since > STUCK_MILLISECONDS)
      throw leftAlone(node, 'MIGRATION_STUCK', 'the migration lock is held, and no migration has ended for an hour')
    const lastWords = last === undefined ? '' : `, the last: ${last}`
    progress({type: 'note', node: node.name, text: `migrating: ${rowsIn(logs)} migrations done${lastWords}`})
    if (wayBackOf(this.#run, node) !== undefined)
      await runOn(this.#run, node, extendDeadMan(activationOf(this.#run, node), this.#extraSeconds))
  }
}

function rowsOf(logs: readonly MigrationLog[], table: string): number {
  return logs.find(log => log.table === table)?.count ?? 0
}

function leftAlone({name}: Node, code: string, message: string): GhaError {
  return new GhaError(message, {
    code,
    exit: 'partial',
    node: name,
    step: 'gate',
    unchanged: 'The migration goes on by itself.',
    hint: 'Run the command again: it waits for the migration and carries on.',
  })
}
