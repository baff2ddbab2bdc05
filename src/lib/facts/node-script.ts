import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import type {Script} from '../model/script.ts'
import type {Asked, NodeFact, Records} from './node-fact.ts'

const PRELUDE = `${RECORD_FUNCTIONS}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C
export PATH LC_ALL
has() { command -v "$1" >/dev/null 2>&1; }
uptime() { read -r up rest </proc/uptime; record "script.$1" "$up"; }
`

/** Dozens of small writes would be dozens of packets, each enciphered by itself. */
const IN_ONE_PIECE = 'observe | dd bs=1048576 iflag=fullblock 2>/dev/null'

/** What a whole answer ends with, so that half an answer is not taken for one. */
const END = 'ended'

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
      'observe() {',
      'record script.started "$(date +%s.%N 2>/dev/null)"',
      'uptime began',
      ...facts.map(fact => fact.ask(asked)),
      `uptime ${END}`,
      '}',
      IN_ONE_PIECE,
    ].join('\n'),
    mutates: false,
    deadlineSeconds: 30,
    parse({stdout, stderr}) {
      const records = readRecords(stdout)
      return {records, whole: records.has(`script.${END}`), complaint: stderr.trim()}
    },
  }
}
