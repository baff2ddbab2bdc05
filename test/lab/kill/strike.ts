import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {leaderOf} from '../hosts/host.ts'
import {namespaceFile} from '../layout.ts'
import {processesIn, signal} from '../processes.ts'
import type {LabCluster, RunningGha} from '../support/cluster.ts'
import type {Struck} from './moments.ts'

/** The exit code of a gha that was killed. */
export const KILLED = -1
const HICCUP_MS = 8000
const POLL_MS = 5
/** curl's own. */
const NO_ANSWER_IN_TIME = 28

/**
 * Comes back when it is done, and says whether it hit: gha was under way, and what was struck felt it. What is left to
 * repair afterwards `repair` does, once gha has ended.
 */
export async function strike(cluster: LabCluster, {how, node}: Struck, running: RunningGha): Promise<boolean> {
  const {lab} = cluster
  if (hasEnded(running)) return false
  switch (how) {
    case 'gha':
      running.process.kill('SIGKILL')
      return (await running.ended).exitCode === KILLED
    case 'ssh':
      return killSsh(cluster, running)
    case 'node':
      return losePower(cluster, node)
    case 'packets':
      return losePackets(cluster)
    case 'hiccup': {
      const [lost] = await Promise.all([losePackets(cluster), sleep(HICCUP_MS)])
      await lab.healNetwork('operator')
      return lost
    }
  }
}

/** Whether gha comes to no further moment after it. */
export function endsItsRun({how}: Struck): boolean {
  return how === 'gha' || how === 'packets'
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

/** Between two scripts on a host that gha has just lost there may be none: then the next. */
async function killSsh(cluster: LabCluster, running: RunningGha): Promise<boolean> {
  for (; !hasEnded(running); await sleep(POLL_MS)) {
    const there = sshOf(cluster)
    for (const pid of there) signal(pid, 'SIGKILL')
    if (there.length > 0) return true
  }
  return false
}

async function losePower({lab}: LabCluster, node: string): Promise<boolean> {
  const before = leaderOf(lab.name, node)
  // Without its cable first, the host's kernel would close every connection in good order.
  await lab.cutNetwork(node)
  await lab.cutPower(node)
  await lab.healNetwork(node)
  await lab.powerOn(node)
  return before !== undefined && leaderOf(lab.name, node) !== before
}

async function losePackets({lab}: LabCluster): Promise<boolean> {
  await lab.cutNetwork('operator')
  const {exitCode} = await lab.operator([
    'curl',
    '-s',
    '-m',
    '1',
    '-o',
    '/dev/null',
    `http://${lab.state().balancers.haproxy.address}/`,
  ])
  return exitCode === NO_ANSWER_IN_TIME
}

function hasEnded({process}: RunningGha): boolean {
  return process.exitCode !== null || process.signalCode !== null
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
