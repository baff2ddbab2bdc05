import {GhaError} from '../errors/gha-error.ts'
import {given} from '../model/given.ts'
import {formatHolder, type Lease, type LockHolder, parseHolder} from '../model/lease.ts'
import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import {quote, type Script} from '../model/script.ts'
import {TAKE_NOTES} from './carry.ts'
import {busy, STORED_GENERATION} from './fence.ts'
import {takeInput} from './take-input.ts'

/** A lock nobody renewed for this long, by the host's own clock, may be taken over. */
export const LOCK_TTL_SECONDS = 60
/** How often the holder renews. */
export const LOCK_RENEWAL_SECONDS = 15

/** Shell text: the run that holds the lock there, or nothing. */
export const LOCK_HOLDER = '$(sed -n "s/^run=//p" "$state/lock" 2>/dev/null)'

export type LeaseAnswer =
  | {readonly granted: true}
  | {
      readonly granted: false
      readonly generation: number
      readonly holder?: LockHolder
      readonly ageSeconds: number
      /** Of the runs whose journals lie there, the newest by its name. */
      readonly lastRun?: string
    }

export interface LeaseRequest {
  readonly lease: Lease
  readonly holder: LockHolder
  readonly abandoned?: string
}

/**
 * Takes the host's lock and raises its generation. Refused while another run renews its lock there,
 * unless that run is `abandoned`: known to be dead by whoever asks.
 */
export function acquireLease(state: string, {lease, holder, abandoned}: LeaseRequest): Script<LeaseAnswer> {
  const input = new TextEncoder().encode(formatHolder(holder))
  return {
    name: 'take the lock',
    text: [
      ...beginning(state),
      `run=${quote(lease.run)} generation=${lease.generation} abandoned=${quote(abandoned ?? '')}`,
      'refuse() { record generation "$stored"; record age "$age"; record holder "$(cat "$state/lock" 2>/dev/null)"; record last "$(ls "$state/runs" 2>/dev/null | sort | tail -n 1)"; exit 0; }',
      'refuse_if_held() {',
      `  holder=${LOCK_HOLDER}`,
      '  age=$(( $(date +%s) - $(stat -c %Y "$state/lock" 2>/dev/null || echo 0) ))',
      // The clock was set back: whoever lives renews by the new one, and who does not shall not outlive it by hours.
      '  if [ "$age" -lt 0 ]; then touch -c "$state/lock"; age=0; fi',
      STORED_GENERATION,
      `  if [ -n "$holder" ] && [ "$holder" != "$run" ] && [ "$holder" != "$abandoned" ] && [ "$age" -lt ${LOCK_TTL_SECONDS} ]; then refuse; fi`,
      '}',
      // Once before: a holder's script may keep the guard for minutes, and whose lock it is can be told at once.
      'refuse_if_held',
      ...underGuard,
      'refuse_if_held',
      'if [ "$holder" != "$run" ] && [ "$stored" -ge "$generation" ]; then refuse; fi',
      `${takeInput(input, '"$state/lock.new"')} || exit 1`,
      `printf '%s\\n' "$generation" >"$state/generation.new" && mv -f "$state/generation.new" "$state/generation" || exit 1`,
      'mv -f "$state/lock.new" "$state/lock" || exit 1',
      'record granted yes',
    ].join('\n'),
    input,
    mutates: true,
    deadlineSeconds: 30,
    parse: ({stdout, stderr}) => answer(readRecords(stdout), stderr),
  }
}

/**
 * Shows that the holder lives, also while a script of its own holds the guard for minutes.
 * `false`: the lock is somebody else's now, and this run changes nothing more.
 */
export function renewLease(state: string, lease: Lease): Script<boolean> {
  return {
    name: 'renew the lock',
    text: [
      ...beginning(state),
      `holder=${LOCK_HOLDER}`,
      `if [ "$holder" = ${quote(lease.run)} ]; then touch "$state/lock"; ${TAKE_NOTES}; else record lost "$holder"; fi`,
    ].join('\n'),
    mutates: true,
    deadlineSeconds: 15,
    parse: ({stdout}) => !readRecords(stdout).has('lost'),
  }
}

/** Gives the lock back; the generation stays, so that the fence stays. */
export function releaseLease(state: string, lease: Lease): Script<void> {
  return {
    name: 'release the lock',
    text: [
      ...beginning(state),
      ...underGuard,
      `[ "${LOCK_HOLDER}" = ${quote(lease.run)} ] || exit 0`,
      TAKE_NOTES,
      'rm -f "$state/lock" "$state/request"',
    ].join('\n'),
    mutates: true,
    deadlineSeconds: 30,
    parse: () => undefined,
  }
}

function beginning(state: string): readonly string[] {
  return ['umask 077', RECORD_FUNCTIONS, `state=${quote(state)}`, 'mkdir -p "$state" || exit 1']
}

const underGuard = ['exec 9>"$state/guard" || exit 1', 'flock -w 20 9 || { record busy yes; exit 1; }']

function answer(records: ReadonlyMap<string, readonly string[]>, stderr: string): LeaseAnswer {
  if (records.has('granted')) return {granted: true}
  if (records.has('busy')) throw busy()
  if (!records.has('generation')) {
    throw new GhaError(`cannot write the lock: ${stderr.trim()}`, {
      code: 'LOCK_UNWRITABLE',
      exit: 'preflight',
      unchanged: 'Nothing was changed.',
      hint: 'Run `gha check` and look at free space and rights on this host.',
    })
  }
  const holder = parseHolder(records.get('holder')?.[0] ?? '')
  return {
    granted: false,
    generation: Number(records.get('generation')?.[0] ?? 0),
    ageSeconds: Number(records.get('age')?.[0] ?? 0),
    ...given({holder, lastRun: records.get('last')?.[0]?.replace(/\.jsonl$/, '')}),
  }
}
