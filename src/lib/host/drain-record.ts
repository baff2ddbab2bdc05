import {type DrainRecord, formatDrain} from '../model/drain-record.ts'
import type {Script} from '../model/script.ts'
import type {Activation} from './activation.ts'
import {fenced} from './fence.ts'
import {takeInput} from './take-input.ts'

type Place = Pick<Activation, 'state' | 'lease'>

/** Keeps on the node that an operator took it out, and for how long. */
export function writeDrain({state, lease}: Place, record: DrainRecord): Script<void> {
  const input = new TextEncoder().encode(formatDrain(record))
  return fenced({
    name: 'mark as drained',
    state,
    lease,
    body: `${takeInput(input, '"$state/drained.new"')} && mv -f "$state/drained.new" "$state/drained" || fail "cannot write in $state"`,
    input,
    deadlineSeconds: 30,
    parse: () => undefined,
  })
}

export function removeDrain({state, lease}: Place): Script<void> {
  return fenced({
    name: 'mark as not drained',
    state,
    lease,
    body: 'rm -f "$state/drained"',
    deadlineSeconds: 30,
    parse: () => undefined,
  })
}
