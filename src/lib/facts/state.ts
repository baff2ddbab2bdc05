import {known} from '../model/observation.ts'
import {quote} from '../model/script.ts'
import {type NodeFact, numberOf, type Records, textOf} from './node-fact.ts'

/** What gha itself keeps on the node, as text: whoever wrote it knows how to read it. */
export interface KeptState {
  /** 0 before the first run. */
  readonly generation: number
  readonly release?: string
  readonly lock?: KeptText
  /** The dead man: what happens, unless it is disarmed. */
  readonly armed?: KeptText
  /** Last lines of the node's own journal. */
  readonly journal: readonly string[]
}

export interface KeptText {
  readonly text: string
  /** Since it was last written or renewed, by the node's clock. */
  readonly ageSeconds: number
}

const JOURNAL_LINES = 50

export const state: NodeFact<KeptState> = {
  name: 'state',
  ask: ({node}) => `
state=${quote(node.paths.state)}
kept() {
  [ -f "$state/$1" ] || return 0
  record "state.$1" "$(head -c 65536 "$state/$1")"
  record "state.$1.age" "$(( $(date +%s) - $(stat -c %Y "$state/$1") ))"
}
kept generation; kept release; kept lock; kept armed
[ -f "$state/journal" ] && record state.journal "$(tail -n ${JOURNAL_LINES} "$state/journal")"`,
  read: records =>
    known({
      generation: numberOf(records, 'state.generation') ?? 0,
      ...withText('release', textOf(records, 'state.release')),
      ...withText('lock', keptText(records, 'lock')),
      ...withText('armed', keptText(records, 'armed')),
      journal: (textOf(records, 'state.journal') ?? '').split('\n').filter(line => line !== ''),
    }),
}

function keptText(records: Records, name: string): KeptText | undefined {
  const text = textOf(records, `state.${name}`)
  return text === undefined ? undefined : {text, ageSeconds: numberOf(records, `state.${name}.age`) ?? 0}
}

function withText<K extends string, V>(key: K, value: V | undefined): {readonly [P in K]?: V} {
  return value === undefined ? {} : ({[key]: value} as {readonly [P in K]?: V})
}
