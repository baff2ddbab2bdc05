import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import {formatRequest, type RunRequest} from '../model/run-request.ts'
import {quote, type Script} from '../model/script.ts'
import {STORED_GENERATION} from './fence.ts'
import {LOCK_HOLDER} from './lease.ts'
import {takeInput} from './take-input.ts'

/** What a node keeps of runs, as text. */
export interface KeptRuns {
  readonly generation: number
  readonly lock?: {readonly text: string; readonly ageSeconds: number}
  readonly request?: string
  /** Journals, newest first. */
  readonly journals: readonly string[]
}

/** Of one journal: one node with talkative hooks adds 5 KiB, and its end tells how the run went. */
const LONGEST_JOURNAL = 1_048_576

/** Reads who holds the lock there, what was asked of him, and the journals of the last runs. */
export function readRuns(state: string, count: number): Script<KeptRuns> {
  return {
    name: 'read the runs',
    text: [
      RECORD_FUNCTIONS,
      `state=${quote(state)}`,
      STORED_GENERATION,
      'record generation "$stored"',
      'if [ -f "$state/lock" ]; then record lock "$(head -c 65536 "$state/lock")"; record age "$(( $(date +%s) - $(stat -c %Y "$state/lock") ))"; fi',
      '[ ! -f "$state/request" ] || record request "$(head -c 4096 "$state/request")"',
      `ls "$state/runs" 2>/dev/null | sort -r | head -n ${count} | while read -r name; do record journal "$(head -c ${LONGEST_JOURNAL} "$state/runs/$name")"; done`,
    ].join('\n'),
    mutates: false,
    deadlineSeconds: 30,
    parse: ({stdout}) => {
      const records = readRecords(stdout)
      const lock = records.get('lock')?.[0]
      const request = records.get('request')?.[0]
      return {
        generation: Number(records.get('generation')?.[0] ?? 0),
        ...(lock ? {lock: {text: lock, ageSeconds: Number(records.get('age')?.[0] ?? 0)}} : {}),
        ...(request ? {request} : {}),
        journals: records.get('journal') ?? [],
      }
    },
  }
}

/**
 * Lays a request where the run under way finds it with its next sign of life. Without the guard, which the run itself may
 * hold for minutes; refused, with `false`, where that run does not hold the lock any more.
 */
export function layRequest(state: string, request: RunRequest): Script<boolean> {
  const input = new TextEncoder().encode(formatRequest(request))
  return {
    name: 'ask the run',
    text: [
      'umask 077',
      RECORD_FUNCTIONS,
      `state=${quote(state)}`,
      `[ "${LOCK_HOLDER}" = ${quote(request.run)} ] || { record gone yes; exit 0; }`,
      `${takeInput(input, '"$state/request.new"')} && mv -f "$state/request.new" "$state/request" && record laid yes`,
    ].join('\n'),
    input,
    mutates: true,
    deadlineSeconds: 15,
    parse: ({stdout}) => readRecords(stdout).has('laid'),
  }
}

/**
 * Takes the lock away from that run and raises the generation, so that whatever it still sends is refused. `false` where
 * another run holds it. A script of the run may hold the guard for minutes; nobody can take the lock while it does.
 */
export function breakLock(state: string, run: string): Script<boolean> {
  return {
    name: 'break the lock',
    text: [
      'umask 077',
      RECORD_FUNCTIONS,
      `state=${quote(state)}`,
      'exec 9>"$state/guard" && { flock -w 5 9 || record busy yes; }',
      `[ "${LOCK_HOLDER}" = ${quote(run)} ] || { record other yes; exit 0; }`,
      STORED_GENERATION,
      `printf '%s\\n' "$((stored + 1))" >"$state/generation.new" && mv -f "$state/generation.new" "$state/generation" || exit 1`,
      `printf '%s %s broken\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" ${quote(run)} >>"$state/journal"`,
      'rm -f "$state/lock" "$state/request" && record broken yes',
    ].join('\n'),
    mutates: true,
    deadlineSeconds: 30,
    parse: ({stdout}) => readRecords(stdout).has('broken'),
  }
}
