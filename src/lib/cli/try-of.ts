import {secondsOf} from '../config/build/duration.ts'
import {duration} from '../config/schema/text.ts'
import {GhaError} from '../errors/gha-error.ts'
import {given} from '../model/given.ts'
import type {Ui} from '../ports/ui.ts'
import type {Try} from '../rollout/until-confirmed.ts'

interface Asking {
  readonly ui: Pick<Ui, 'interactive' | 'confirm'>
  readonly over: Try['over']
}

/** What `--try` says, and who is asked: nobody where no terminal is. @throws GhaError `USAGE` */
export function tryOf(flag: string | undefined, {ui, over}: Asking): Try | undefined {
  if (flag === undefined) return undefined
  const seconds = duration.safeParse(flag).success ? secondsOf(flag) : 0
  if (seconds <= 0) throw noDuration(flag)
  const ask = ui.interactive ? (signal: AbortSignal) => ui.confirm('Keep it?', signal) : undefined
  return {seconds, over, ...given({ask})}
}

function noDuration(flag: string): GhaError {
  return new GhaError(`--try ${flag} is no duration`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Write it with its unit, such as `--try 5m`.',
  })
}
