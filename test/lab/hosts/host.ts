import {readFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {eventually} from '../../support/eventually.ts'
import {controlGroup, hostFolder, namespaceFile} from '../layout.ts'
import {leaderIn, processesIn} from '../processes.ts'
import {type Argv, run, startDetached} from '../run.ts'
import type {LabState} from '../state.ts'

const RUN_HOST = path.join(import.meta.dirname, 'run-host.sh')
const APPEAR_LIMIT_MS = 20_000
const BOOT_LIMIT_MS = 90_000
const CLEAN = [
  'env',
  '-i',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
]

/** Switches a host on and comes back when its boot is over. */
export async function startHost(state: LabState, host: string, signal?: AbortSignal): Promise<void> {
  const folder = hostFolder(state.name, host)
  const namespace = namespaceFile(state.name, host)
  const isBalancer = host in state.balancers
  const layers = isBalancer ? state.layers.balancer : state.layers.node
  startDetached(
    [
      ...(['nsenter', `--net=${namespace}`, 'unshare', '--mount', '--propagation', 'slave', 'sh', RUN_HOST] as const),
      ...[host, folder, layers.join(':'), namespace, `${controlGroup(state.name)}/${host}`, state.apt.folder],
      ...(state.docker && !isBalancer ? ['docker'] : []),
    ],
    consoleOf(state.name, host),
  )
  await booted(state.name, host, signal)
}

/** Waits until systemd has nothing left to start. */
export async function booted(lab: string, host: string, signal?: AbortSignal): Promise<void> {
  await eventually(`${host} starts`, APPEAR_LIMIT_MS, () => leaderOf(lab, host)).catch(error => fail(lab, host, error))
  const until = Date.now() + BOOT_LIMIT_MS
  for (;;) {
    signal?.throwIfAborted()
    if (await hasBooted(lab, host, signal)) return
    if (Date.now() > until || processesIn([namespaceFile(lab, host)]).length === 0) fail(lab, host, undefined)
    await sleep(50)
  }
}

/** False also in the moment before systemd listens. */
async function hasBooted(lab: string, host: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (!leaderOf(lab, host)) return false
  // The host's own clock ends it: it would outlive the nsenter that is ended from here.
  const limit = ['timeout', '--kill-after=5', `${BOOT_LIMIT_MS / 1000}`]
  const wait = inHost(lab, host, [...limit, 'systemctl', 'is-system-running', '--wait'])
  const {stdout} = await run(wait, {timeoutMs: BOOT_LIMIT_MS + 10_000, signal})
  return ['running', 'degraded'].includes(stdout.trim())
}

/** How to run a program as root on a host, past its network and its sshd. */
export function inHost(lab: string, host: string, argv: readonly string[]): Argv {
  const leader = leaderOf(lab, host)
  if (!leader) throw new Error(`${host} of lab ${lab} is not running`)
  const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd']
  return ['nsenter', '--target', String(leader), ...spaces, '--', ...CLEAN, ...argv]
}

export function leaderOf(lab: string, host: string): number | undefined {
  return leaderIn(namespaceFile(lab, host))
}

export function consoleOf(lab: string, host: string): string {
  return path.join(hostFolder(lab, host), 'console.log')
}

function fail(lab: string, host: string, cause: unknown): never {
  const console = readFileSync(consoleOf(lab, host), 'utf8').slice(-3000)
  throw new Error(`${host} does not boot; the end of its console:\n${console}`, {cause})
}
