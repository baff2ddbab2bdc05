import {createHosts} from '../../src/lib/adapters/hosts.ts'
import type {Host} from '../../src/lib/ports/host.ts'
import {LocalHost} from './local-host.ts'
import {sshTarget} from './ssh-target.ts'
import {startSshd} from './sshd.ts'

export interface VantagePoint {
  readonly host: Host
  leave(): Promise<void>
}

/** Every way a stream can be dialled: by this machine, by what sshd forwards, by a relay, by the system's ssh. */
export const VANTAGE_POINTS: Readonly<Record<string, () => Promise<VantagePoint>>> = {
  'this machine': async () => ({host: new LocalHost(), leave: async () => undefined}),
  'ssh2, forwarded': () => overSsh('ssh2', 'yes'),
  'ssh2, relayed': () => overSsh('ssh2', 'no'),
  'openssh, forwarded': () => overSsh('openssh', 'yes'),
}

async function overSsh(transport: 'ssh2' | 'openssh', allowTcpForwarding: 'yes' | 'no'): Promise<VantagePoint> {
  const sshd = await startSshd({allowTcpForwarding})
  const hosts = createHosts({say: () => undefined})
  const host = await hosts.connect('n1', sshTarget(sshd, {transport}))
  return {
    host,
    async leave() {
      await hosts.closeAll()
      await sshd.stop()
    },
  }
}
