import {known, type Observation, unknown} from '../model/observation.ts'
import {type NodeFact, numberOf, type Records, textOf} from './node-fact.ts'

export interface System {
  readonly hostname: string
  /** `debian 12`. */
  readonly os: string
  /** Changes with every boot. */
  readonly bootId: string
  readonly uid: number
  readonly init: 'systemd' | 'other'
}

export const system: NodeFact<System> = {
  name: 'system',
  ask: () => `
read -r word </proc/sys/kernel/hostname && record system.hostname "$word"
read -r word </proc/sys/kernel/random/boot_id && record system.boot "$word"
record system.uid "$(id -u)"
[ -r /etc/os-release ] && record system.os "$(. /etc/os-release; printf '%s' "\${ID-} \${VERSION_ID-}")"
[ -d /run/systemd/system ] && record system.init systemd`,
  read: readSystem,
}

function readSystem(records: Records): Observation<System> {
  const uid = numberOf(records, 'system.uid')
  const bootId = textOf(records, 'system.boot')
  if (uid === undefined || bootId === undefined) return unknown('the node did not tell who it is')
  return known({
    hostname: textOf(records, 'system.hostname') ?? '',
    os: textOf(records, 'system.os') ?? 'unknown',
    bootId,
    uid,
    init: textOf(records, 'system.init') === 'systemd' ? 'systemd' : 'other',
  })
}
