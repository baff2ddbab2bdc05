import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {namespaceFile} from '../layout.ts'
import {processesIn, signal} from '../processes.ts'
import type {LabCluster, RunningGha} from '../support/cluster.ts'
import type {Struck} from './moments.ts'

const HICCUP_MS = 8000

/** Comes back when it is done; what is left to repair afterwards `repair` does, once gha has ended. */
export async function strike(cluster: LabCluster, {how, node}: Struck, running: RunningGha): Promise<void> {
  const {lab} = cluster
  switch (how) {
    case 'gha':
      running.process.kill('SIGKILL')
      return
    case 'ssh':
      for (const pid of sshOf(cluster)) signal(pid, 'SIGKILL')
      return
    case 'node':
      // Without its cable first, the host's kernel would close every connection in good order.
      await lab.cutNetwork(node)
      await lab.cutPower(node)
      await lab.healNetwork(node)
      return lab.powerOn(node)
    case 'packets':
      return lab.cutNetwork('operator')
    case 'hiccup':
      await lab.cutNetwork('operator')
      await sleep(HICCUP_MS)
      return lab.healNetwork('operator')
  }
}

export async function repair({lab}: LabCluster): Promise<void> {
  await lab.healNetwork('operator')
}

/** The system's ssh where gha runs. */
export function sshOf({lab}: LabCluster): readonly number[] {
  return processesIn([namespaceFile(lab.name, 'operator')]).filter(pid => nameOf(pid) === 'ssh')
}

/** True while dpkg itself works on a host. */
export function packageManagerWorks({lab}: LabCluster, host: string): boolean {
  return processesIn([namespaceFile(lab.name, host)]).some(pid => nameOf(pid) === 'dpkg')
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
