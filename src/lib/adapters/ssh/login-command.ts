import {homedir} from 'node:os'
import path from 'node:path'
import {quote} from '../../model/script.ts'

export interface Login {
  readonly host: string
  readonly port: number
  /** Where the host's key belongs; the first is the operator's own. */
  readonly knownHostsFiles: readonly string[]
}

/** The `ssh` that an operator types to meet a host by hand, and that writes the key where gha looks for it. */
export function loginCommand({host, port, knownHostsFiles: [own]}: Login): string {
  const usual = own === undefined || own === path.join(homedir(), '.ssh', 'known_hosts')
  return [
    'ssh',
    ...(port === 22 ? [] : [`-p ${port}`]),
    ...(usual ? [] : [`-o UserKnownHostsFile=${quote(own)}`]),
    host,
  ].join(' ')
}
