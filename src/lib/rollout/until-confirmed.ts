import {GhaError} from '../errors/gha-error.ts'
import type {UnstagedRun} from './run.ts'

/** A run that is undone unless somebody says that it is good. */
export interface Try {
  readonly seconds: number
  /** Asks whoever sits at the terminal, until the signal; undefined where nobody does. */
  readonly ask?: (signal: AbortSignal) => Promise<boolean>
  /** The wait is over: what asked it to end does not count for what comes after. */
  readonly over: () => void
}

export interface TryEnd {
  readonly kept: boolean
  /** Half a sentence. */
  readonly why: string
}

const LOOK_MILLISECONDS = 2000

type Trying = Pick<UnstagedRun, 'ports' | 'lock' | 'journal' | 'progress' | 'watch' | 'stopRequested'>

/**
 * Every node serves and the lock is kept: waits for somebody's word, from here or from any machine.
 * @throws GhaError `LOCK_LOST`: whoever has the lock now decides
 */
export async function untilConfirmed(run: Trying, {seconds, ask}: Try): Promise<TryEnd> {
  const {clock} = run.ports
  const until = clock.now() + seconds * 1000
  await run.journal.append({type: 'trying', until, detail: `until ${new Date(until).toISOString()}`})
  await run.lock.renew()
  run.progress({type: 'trial-begun', seconds})
  const answer = new Answer(ask)
  try {
    for (;;) {
      const end = endOf(run, answer) ?? timeOver(clock.now() >= until)
      if (end) return await told(run, end)
      await clock.sleep(Math.min(LOOK_MILLISECONDS, until - clock.now()), answer.given).catch(() => undefined)
      await run.lock.renew()
    }
  } finally {
    await answer.withdraw()
  }
}

function endOf({lock, watch, stopRequested}: Trying, answer: Answer): TryEnd | undefined {
  const lost = lock.lost()
  if (lost !== undefined) throw lostLock(lost)
  const {wish, by = '', reason} = lock.mail.heard ?? {}
  const who = reason ? `${by}: ${reason}` : by
  if (wish === 'confirm') return {kept: true, why: `confirmed by ${who}`}
  if (answer.said === 'yes') return {kept: true, why: 'confirmed at the terminal'}
  if (answer.said === 'no') return {kept: false, why: 'declined at the terminal'}
  if (stopRequested()) return {kept: false, why: wish === 'stop' ? `asked to stop by ${who}` : 'interrupted here'}
  const spent = watch?.spent()
  return spent === undefined ? undefined : {kept: false, why: `users notice: ${spent}`}
}

function timeOver(over: boolean): TryEnd | undefined {
  return over ? {kept: false, why: 'nobody confirmed it in time'} : undefined
}

async function told({journal, lock, progress}: Trying, end: TryEnd): Promise<TryEnd> {
  await journal.append({type: 'tried', kept: end.kept, detail: end.why})
  progress({type: 'trial-over', ...end})
  // Whoever has confirmed it, or is too late, waits for this.
  await lock.renew()
  return end
}

/** What the terminal says, if it says anything: one that fails has confirmed nothing. An answer wakes whoever sleeps. */
class Answer {
  said: 'yes' | 'no' | undefined
  readonly #given = new AbortController()
  readonly #withdrawn = new AbortController()
  readonly #asking: Promise<void>

  constructor(ask: Try['ask']) {
    this.#asking = ask ? this.#listen(ask) : Promise.resolve()
  }

  get given(): AbortSignal {
    return this.#given.signal
  }

  async withdraw(): Promise<void> {
    this.#withdrawn.abort()
    await this.#asking
  }

  async #listen(ask: NonNullable<Try['ask']>): Promise<void> {
    const answer = await ask(this.#withdrawn.signal).catch(() => false)
    if (this.#withdrawn.signal.aborted) return
    this.said = answer ? 'yes' : 'no'
    this.#given.abort()
  }
}

function lostLock(lost: string): GhaError {
  return new GhaError(`${lost} while this run waited to be confirmed`, {
    code: 'LOCK_LOST',
    exit: 'partial',
    unchanged: 'Every node serves on its new release, and this run changes nothing more.',
    hint: 'Look at the cluster with `gha rollout status`; `gha rollout undo` goes back.',
  })
}
