/** One event of a run: what happened, never a secret. `at` is milliseconds since 1970 on the controller. */
export interface JournalEvent {
  readonly at: number
  readonly run: string
  /** Counts the run's events: an event can reach a node twice. */
  readonly n: number
  readonly type:
    | 'run-started'
    | 'staged'
    | 'step-started'
    | 'step-done'
    | 'step-failed'
    | 'hook-started'
    | 'hook-done'
    | 'hook-failed'
    | 'paused'
    | 'resumed'
    | 'trying'
    | 'tried'
    | 'run-ended'
  readonly step?: string
  readonly hook?: string
  readonly node?: string
  readonly detail?: string
  /** Of `run-started`. */
  readonly outline?: RunOutline
  /** Of `staged`: ids of what the node goes from, where there was anything, and to. */
  readonly releases?: {readonly from?: string; readonly to: string}
  /** Of `trying`: when the run goes back, milliseconds since 1970. */
  readonly until?: number
  /** Of `tried`; the detail says why. */
  readonly kept?: boolean
  /** Of `run-ended`. */
  readonly outcomes?: RunOutcomes
}

/** Node → how it stands at a run's end. */
export type RunOutcomes = Readonly<Record<string, 'done' | 'not-begun' | 'restored' | 'held-out' | 'left-in' | 'kept'>>

/** What a run set out to do. */
export interface RunOutline {
  /** `apply`, `rollout` or `undo`. */
  readonly verb: string
  /** The command line. */
  readonly reason: string
  /** `ann@desk`. */
  readonly by: string
  readonly from?: string
  readonly to: string
  /** Kind of the version step. */
  readonly step: string
  readonly nodes: readonly string[]
  /** Set where it left to another run what other nodes need: with `--limit`, or as `apply` does. */
  readonly leavesPending?: true
}

/** A run's journal: an event is on this machine's disk when `append` resolves, where that takes it, and on the nodes soon after. */
export interface Journal {
  append(event: Omit<JournalEvent, 'at' | 'run' | 'n'>): Promise<void>
}

/** The copy of a journal beside gha.yaml. */
export interface JournalFile {
  readonly path: string
  /** On disk when it resolves. @throws Error whose message says why it is not */
  write(event: JournalEvent): Promise<void>
}
