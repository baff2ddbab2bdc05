import {given} from '../model/given.ts'
import {readRecords} from '../model/records.ts'
import {quote, type Script} from '../model/script.ts'

/** How many runs a node remembers. */
export const KEPT_RUNS = 20
/** How many of the lines that name scripts a node keeps. */
const KEPT_SCRIPTS = 2000

/**
 * Shell text for a script that changes the node: writes what it was given to carry, once the script is known to be the
 * lock's holder's own. It never fails the script: a journal is no reason to stop half way.
 */
export const TAKE_NOTES = 'if command -v gha_notes >/dev/null 2>&1; then gha_notes; fi'

export interface Notes {
  readonly run: string
  /** Of the run's journal, one JSON object each. */
  readonly lines: readonly string[]
  /** True where nothing of this run is on the node yet: then there is time to throw old runs away. */
  readonly first: boolean
}

export interface Carried<T> {
  readonly value: T
  /** Whether the lines are on the node. */
  readonly noted: boolean
  /** What somebody asks of a run there, as text. */
  readonly request?: string
}

/** The same script with journal lines on its way there, and an operator's request on its way back: no round trip of their own. */
export function carry<T>(script: Script<T>, notes: Notes): Script<Carried<T>> {
  return {
    ...script,
    text: `${noteFunction(notes)}\n${script.text}`,
    parse: output => {
      const value = script.parse(output)
      const records = readRecords(output.stdout)
      const request = records.get('request')?.at(-1)
      return {value, noted: records.has('noted'), ...given({request})}
    },
  }
}

function noteFunction({run, lines, first}: Notes): string {
  return [
    'gha_notes() {',
    ...(lines.length > 0
      ? [
          'mkdir -p "$state/runs" 2>/dev/null',
          `notes="$state/runs/"${quote(`${run}.jsonl`)}`,
          // A line that a full disk or a power cut left half written takes no other with it.
          `[ -z "$(tail -c 1 "$notes" 2>/dev/null)" ] || echo 2>/dev/null >>"$notes"`,
          `printf '%s\\n' ${lines.map(quote).join(' ')} 2>/dev/null >>"$notes" && record noted yes`,
        ]
      : []),
    ...(first ? [FORGET] : []),
    '[ ! -f "$state/request" ] || record request "$(head -c 4096 "$state/request")"',
    '}',
  ].join('\n')
}

/** Names of runs begin with their time, so that they sort by age. */
const FORGET = `
ls "$state/runs" 2>/dev/null | sort -r | tail -n +${KEPT_RUNS + 1} | while read -r old; do rm -f "$state/runs/$old"; done
if [ "$(wc -l 2>/dev/null <"$state/journal" || echo 0)" -gt ${2 * KEPT_SCRIPTS} ]; then
  tail -n ${KEPT_SCRIPTS} "$state/journal" >"$state/journal.new" && mv -f "$state/journal.new" "$state/journal"
fi`.trim()
