import {messageOf} from '../errors/message-of.ts'
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
  readonly say: (text: string) => void
}

/**
 * Writes each event beside gha.yaml at once, and sends it to the nodes with what goes there next. A disk that does not take it
 * is no reason to stop half way: that is said once, and the nodes have it.
 */
export function keepJournal({run, file, mail, clock, say}: Keeping): Journal {
  let count = 0
  let told = false
  const tell = (error: unknown) => {
    if (!told)
      say(`The journal ${file.path} cannot be written: ${messageOf(error)}. The run goes on; its nodes keep one.`)
    told = true
  }
  return {
    async append({detail, ...event}) {
      count += 1
      const short = detail === undefined ? {} : {detail: detail.slice(0, LONGEST_DETAIL)}
      const whole = {at: clock.now(), run, n: count, ...event, ...short}
      mail.post(JSON.stringify(whole))
      await file.write(whole).catch(tell)
    },
  }
}
