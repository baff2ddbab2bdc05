import type {Journal, JournalFile} from '../ports/journal.ts'
import type {Clock} from '../ports/local.ts'
import type {Mail} from './mail.ts'

/** A journal is for people: what a program said at length is in its own log. */
const LONGEST_DETAIL = 400

export interface Keeping {
  readonly run: string
  readonly file: JournalFile
  readonly mail: Mail
  readonly clock: Clock
}

/** Writes each event beside gha.yaml at once, and sends it to the nodes with what goes there next. */
export function keepJournal({run, file, mail, clock}: Keeping): Journal {
  let count = 0
  return {
    async append({detail, ...event}) {
      count += 1
      const short = detail === undefined ? {} : {detail: detail.slice(0, LONGEST_DETAIL)}
      const whole = {at: clock.now(), run, n: count, ...event, ...short}
      mail.post(JSON.stringify(whole))
      await file.write(whole)
    },
  }
}
