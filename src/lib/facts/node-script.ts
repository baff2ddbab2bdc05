import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import type {Script} from '../model/script.ts'
import type {Asked, NodeFact, Records} from './node-fact.ts'

const PRELUDE = `${RECORD_FUNCTIONS}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C
export PATH LC_ALL
has() { command -v "$1" >/dev/null 2>&1; }
now() { date +%s.%N 2>/dev/null; }
`

/** What a whole answer ends with, so that half an answer is not taken for one. */
const END = 'script.end'

export interface NodeAnswer {
  readonly records: Records
  /** False when the script stopped before its last line. */
  readonly whole: boolean
  readonly complaint: string
}

/** All facts asked in one go: one script per host and phase. */
export function nodeScript(facts: readonly NodeFact<unknown>[], asked: Asked): Script<NodeAnswer> {
  return {
    name: 'observe',
    text: [
      PRELUDE,
      'record script.started "$(now)"',
      ...facts.map(fact => fact.ask(asked)),
      `record ${END} "$(now)"`,
      '',
    ].join('\n'),
    mutates: false,
    deadlineSeconds: 30,
    parse({stdout, stderr}) {
      const records = readRecords(stdout)
      return {records, whole: records.has(END), complaint: stderr.trim()}
    },
  }
}
