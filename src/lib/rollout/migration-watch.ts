import {GhaError} from '../errors/gha-error.ts'
import type {MigratorLine} from '../facts/migrator-lines.ts'
import type {NodeObservation} from '../facts/node-observation.ts'
import {observeNode} from '../facts/observe-node.ts'
import {MAIN_LOG} from '../grafana/migration-logs.ts'
import {letDeadManCount, letDeadManWait} from '../host/dead-man.ts'
import {given} from '../model/given.ts'
import {type MigrationLog, rowsIn} from '../model/migration-log.ts'
import type {Migrated} from '../model/migration-mark.ts'
import type {Node} from '../model/node.ts'
import {sameVersion, type Version} from '../model/version.ts'
import {MigratorWords} from './migrator-words.ts'
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
  return schemaIn(await observeNode({cluster, node}, ports, {files: [], probes: ['database']}))
}

function schemaIn({database}: NodeObservation): Schema {
  if (!database.known || database.value.outcome !== 'answered') return {known: false}
  const {migrationCount: count, newestMigration: newest, scopedLogs, migrationLockHeld: locked} = database.value
  const logs = [{table: MAIN_LOG, count, ...given({newest})}, ...scopedLogs]
  return {known: true, logs, newest, scoped: rowsIn(scopedLogs), locked}
}

interface Seen {
  readonly logs: readonly MigrationLog[]
  readonly process: string | undefined
  /** When a migration ended, or Grafana said something of one; or the first look. */
  readonly since: number
  /** The last migration that ended. */
  readonly last: string | undefined
}

interface Watched {
  readonly run: Run
  readonly node: Node
  /** The version that may migrate. */
  readonly version: Version
  /** How long it may take to be confirmed, once it has migrated. */
  readonly seconds: number
  readonly deadMan: DeadMan
}

/** Unknown where an earlier run had the node in its hands. */
type DeadMan = 'unknown' | 'waits' | 'counts'

/**
 * Follows a migration from outside: while it goes on no deadline counts, and nobody puts the old release back. The dead
 * man waits since Grafana was started, so that he still does where nobody follows it any more.
 */
export class MigrationWatch {
  readonly #run: Run
  readonly #node: Node
  readonly #version: Version
  readonly #seconds: number
  #deadMan: DeadMan
  #asked = Number.NEGATIVE_INFINITY
  readonly #said: MigratorWords
  #seen: Seen | undefined
  #goesOn = false
  #failed: string | undefined

  constructor({run, node, version, seconds, deadMan}: Watched) {
    this.#run = run
    this.#node = node
    this.#said = new MigratorWords({run, node})
    this.#version = version
    this.#seconds = seconds
    this.#deadMan = deadMan
  }

  /** Grafana answers only once it has migrated; where it hides its version, the one before may still be ending. */
  async heed({health}: NodeObservation): Promise<void> {
    const version = health.known ? health.value.version : undefined
    if (version && sameVersion(version, this.#version)) await this.#letDeadMan('counts')
  }

  /** What the migrator said last of a migration that failed. */
  get failed(): string | undefined {
    return this.#failed
  }

  /**
   * Whether this process migrates: it lives since the look before, and somebody holds the migration lock, or rows were
   * added to a log of migrations, or its migrators said something new: data may be moved without the lock, and leave no
   * row until the end. A process that starts again and again only fails to get the lock.
   * One that failed has a deadline: whoever started it anew may have it fail for ever.
   * @throws GhaError `MIGRATION_UNDER_WAY` once the operator wants to stop, `MIGRATION_STUCK` when nothing moves for an
   * hour: the migration itself is left alone.
   */
  async goesOn(process: string | undefined): Promise<boolean> {
    const now = this.#run.ports.clock.now()
    if (now - this.#asked < ASK_MILLISECONDS) return this.#goesOn
    this.#asked = now
    const {cluster, ports} = this.#run
    const wanted = {files: [], probes: ['database'], migrators: true} as const
    const seen = await observeNode({cluster, node: this.#node}, ports, wanted)
    const schema = schemaIn(seen)
    const news = this.#said.newIn(seen)
    this.#failed = this.#failureIn(news, seen) ?? this.#failed
    const moves = schema.known && this.#moves(schema, {process, now, spoke: news.length > 0})
    this.#goesOn = moves && this.#failed === undefined
    this.#said.tell(news, {goesOn: this.#goesOn})
    if (this.#goesOn) await this.#letItGoOn()
    return this.#goesOn
  }

  /** At the first look a process that lives answers for none before it, which may be of an earlier run. */
  #failureIn(news: readonly MigratorLine[], {service}: NodeObservation): string | undefined {
    const first = this.#seen === undefined && service.known ? service.value.process : undefined
    const since = first?.startedAt ?? 0
    return news.findLast(({as, at = 0}) => as === 'failure' && at >= since)?.words
  }

  #moves(
    {logs, newest, locked}: KnownSchema,
    {process, now, spoke}: {readonly process: string | undefined; readonly now: number; readonly spoke: boolean},
  ): boolean {
    const before = this.#seen
    const grown = before ? logs.filter(log => log.count > rowsOf(before.logs, log.table)) : []
    const moved = before !== undefined && (grown.length > 0 || spoke)
    const since = before && !moved ? before.since : now
    this.#seen = {logs, process, since, last: grown.at(-1)?.newest ?? before?.last ?? newest}
    const lives = process !== undefined && (before === undefined || before.process === process)
    return lives && (locked || moved)
  }

  async #letItGoOn(): Promise<void> {
    const {progress, stopRequested, ports} = this.#run
    const node = this.#node
    await this.#letDeadMan('waits')
    if (stopRequested()) throw leftAlone(node, 'MIGRATION_UNDER_WAY', 'stopped by the operator while Grafana migrates')
    const {logs = [], since = 0, last} = this.#seen ?? {}
    if (ports.clock.now() - since > STUCK_MILLISECONDS)
      throw leftAlone(
        node,
        'MIGRATION_STUCK',
        'the migration lock is held, and for an hour no migration has ended or said anything',
      )
    const lastWords = last === undefined ? '' : `, the last: ${last}`
    progress({type: 'note', node: node.name, text: `migrating: ${rowsIn(logs)} migrations done${lastWords}`})
  }

  async #letDeadMan(wait: 'waits' | 'counts'): Promise<void> {
    const [run, node] = [this.#run, this.#node]
    if (this.#deadMan === wait || wayBackOf(run, node) === undefined) return
    const activation = activationOf(run, node)
    await runOn(run, node, wait === 'waits' ? letDeadManWait(activation) : letDeadManCount(activation, this.#seconds))
    this.#deadMan = wait
    run.progress({type: 'dead-man', node: node.name, is: wait === 'waits' ? 'waiting' : 'armed'})
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
