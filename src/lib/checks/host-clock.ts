import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

/** Beyond it, sessions end and alerts are sent twice. */
const MAX_SKEW_SECONDS = 5
const NOTABLE_SKEW_SECONDS = 1

export const hostClock = perNode({
  id: 'host/clock',
  title: 'the clock agrees with this machine',
  severity: 'error',
  hint: 'Start time synchronisation on the node (`timedatectl set-ntp true`), then run `gha check --only host/clock` again.',
  fact: ({seen}) => seen.clock,
  judge({seconds, uncertaintySeconds}) {
    const detail = `${Math.abs(seconds).toFixed(1)} s ${seconds < 0 ? 'behind' : 'ahead'}, right to ${uncertaintySeconds.toFixed(1)} s`
    const certain = Math.abs(seconds) - uncertaintySeconds
    if (certain > MAX_SKEW_SECONDS) return failed(`${detail}, limit ${MAX_SKEW_SECONDS} s`)
    return certain > NOTABLE_SKEW_SECONDS ? failed(detail, {severity: 'warning'}) : passed(detail)
  },
})
