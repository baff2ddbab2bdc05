import type {Script} from '../model/script.ts'
import type {Activation} from './activation.ts'
import {fenced} from './fence.ts'

/** Stops Grafana for as long as another node migrates, also over a reboot. Its next activation enables it again. */
export function stopService({state, lease, service}: Activation): Script<void> {
  return fenced({
    name: 'stop',
    state,
    lease,
    body: [service.functions, 'service_stay_down || fail "the service did not stop"'].join('\n'),
    deadlineSeconds: 180,
    parse: () => undefined,
  })
}
