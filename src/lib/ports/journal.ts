/** One event of a run. `at` is milliseconds since 1970 on the controller. */
export interface JournalEvent {
  readonly at: number
  readonly run: string
  readonly type: 'run-started' | 'step-started' | 'step-done' | 'step-failed' | 'run-ended'
  readonly step?: string
  readonly node?: string
  readonly detail?: string
}

/** Append-only; an event is on disk when `append` resolves. */
export interface Journal {
  append(event: Omit<JournalEvent, 'at' | 'run'>): Promise<void>
}
