import {GhaError} from '../errors/gha-error.ts'
import {given} from '../model/given.ts'
import type {Lease} from '../model/lease.ts'
import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import {quote, type Script, type ScriptOutput} from '../model/script.ts'
import {TAKE_NOTES} from './carry.ts'

/** Exit code of a script that did not begin, because a newer run owns the host. */
const FENCED = 75

/**
 * Nothing is said before all is done: once the connection is gone, the first word would end whoever says it, and a
 * package manager says much. In memory where that can be, so that a full disk does not silence the script.
 */
const WITHOUT_LISTENER = `
said=$(mktemp -d /run/gha.XXXXXX 2>/dev/null || mktemp -d) || fail 'no room for the answer'
trap 'rm -rf "$said"; exit 143' TERM
(act) 9>&- >"$said/out" 2>"$said/err"; code=$?
cat "$said/out"; cat "$said/err" >&2
rm -rf "$said"; exit "$code"`.trim()

/** Sets `$stored`. A power cut can leave the file empty; the other nodes then still know the generation. */
export const STORED_GENERATION = `
stored=$(cat "$state/generation" 2>/dev/null)
case $stored in '' | *[!0-9]*) stored=0 ;; esac`

export interface FencedScript<T> {
  readonly name: string
  /** gha's own folder on that host. */
  readonly state: string
  readonly lease: Lease
  /** Shell text that may use `$state`, `record`, `fail MESSAGE`, `refuse MESSAGE` while nothing was done yet, and `$said`, a folder for what is only needed meanwhile. */
  readonly body: string
  readonly input?: Script<T>['input']
  readonly deadlineSeconds: number
  readonly parse: (records: ReadonlyMap<string, readonly string[]>) => T
}

/**
 * A mutating script behind the fence: one at a time on a host, and only while no newer generation was seen there.
 * What the body starts must not inherit the guard, so it runs with that descriptor closed.
 * The script's `parse` throws GhaError `FENCED` | `HOST_BUSY` | `SCRIPT_FAILED` | `FILE_CHANGED`.
 */
export function fenced<T>({name, state, lease, body, input, deadlineSeconds, parse}: FencedScript<T>): Script<T> {
  return {
    name,
    text: [
      'umask 077',
      RECORD_FUNCTIONS,
      'fail() { record failed "$1"; exit 1; }',
      'refuse() { record refused "$1"; exit 1; }',
      `state=${quote(state)}`,
      'mkdir -p "$state" || fail "cannot make $state"',
      'exec 9>"$state/guard" || fail "cannot write in $state"',
      'flock -w 20 9 || { record busy "$state/guard"; exit 75; }',
      STORED_GENERATION,
      `if [ "$stored" -gt ${lease.generation} ]; then record fenced "$stored"; exit ${FENCED}; fi`,
      `printf '%s %s %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" ${quote(lease.run)} ${quote(name)} >>"$state/journal"`,
      TAKE_NOTES,
      `act() {\n${body}\n}`,
      WITHOUT_LISTENER,
    ].join('\n'),
    ...given({input}),
    mutates: true,
    deadlineSeconds,
    parse: output => judged(name, output, parse),
  }
}

function judged<T>(name: string, output: ScriptOutput, parse: FencedScript<T>['parse']): T {
  const records = readRecords(output.stdout)
  const newer = records.get('fenced')?.[0]
  if (newer !== undefined) throw fencedOff(newer)
  if (records.has('busy')) throw busy()
  const refusal = records.get('refused')?.[0]
  if (refusal !== undefined) throw fileChanged(refusal)
  const failure = records.get('failed')?.[0]
  if (failure === undefined && output.exitCode === 0) return parse(records)
  const detail = failure ?? lastLines(output.stderr) ?? `exit code ${output.exitCode}`
  throw new GhaError(`${name} failed: ${detail}`, {code: 'SCRIPT_FAILED', exit: 'bug'})
}

function fencedOff(generation: string): GhaError {
  return new GhaError(`a newer run (generation ${generation}) has taken this host over`, {
    code: 'FENCED',
    exit: 'locked',
    unchanged: 'This run changes nothing more.',
    hint: 'Look at the cluster with `gha status`.',
  })
}

/** A script of a run that is over may still be at work on the host. */
export function busy(): GhaError {
  return new GhaError('another script of gha is still running on this host', {
    code: 'HOST_BUSY',
    exit: 'locked',
    unchanged: 'The script did not run.',
    hint: 'Wait until it ends, then run the command again.',
  })
}

function fileChanged(message: string): GhaError {
  return new GhaError(message, {
    code: 'FILE_CHANGED',
    exit: 'preflight',
    unchanged: 'Nothing was swapped.',
    hint: 'Run `gha plan` to see what stands in the file, then run the command again.',
  })
}

function lastLines(text: string): string | undefined {
  const lines = text.trim().split('\n').slice(-3).join(' / ')
  return lines === '' ? undefined : lines
}
