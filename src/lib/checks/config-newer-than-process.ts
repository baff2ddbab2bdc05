import type {FileStates} from '../facts/files.ts'
import {CLOCK_GRAIN_SECONDS} from '../facts/process.ts'
import {type About, failed, passed, undecided} from './check.ts'
import {notRunning} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const configNewerThanProcess = perNode({
  id: 'config/newer-than-process',
  title: 'the running Grafana has read its files as they are',
  severity: 'warning',
  hint: 'Restart the node without losing a request with `gha rollout`.',
  unless: notRunning,
  fact: ({seen}) => seen.files,
  judge(states, about) {
    const {service} = about.seen
    const process = service.known ? service.value.process : undefined
    if (!process) return undecided('no Grafana runs')
    const newer = newerThan(process.startedAt + CLOCK_GRAIN_SECONDS, states, about)
    return newer.length > 0
      ? failed(`written after its start: ${newer.join(', ')}`)
      : passed('it is younger than all of them')
  },
})

function newerThan(seconds: number, states: FileStates, {wish}: About): readonly string[] {
  const read = wish.files.filter(({restart}) => restart).map(({path}) => path)
  return read.filter(path => {
    const state = states.get(path)
    return state?.exists && state.modifiedAt > seconds
  })
}
