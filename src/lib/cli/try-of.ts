import {flagSeconds} from '../config/flag-seconds.ts'
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
  const seconds = flagSeconds(flag)
  if (seconds === undefined) throw noDuration(flag)
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
