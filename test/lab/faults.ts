import {eventually} from '../support/eventually.ts'
import {booted, inHost, leaderOf, startHost} from './hosts/host.ts'
import {namespaceFile} from './layout.ts'
import {carryTraffic, loseTraffic, plugCable, pullCable} from './network.ts'
import {killAllIn, parentOf, processesIn, signal} from './processes.ts'
import {must} from './run.ts'
import type {LabState} from './state.ts'

const POWER_OFF_LIMIT_MS = 60_000
const REBOOT_LIMIT_MS = 60_000

/** Presses the power button: services stop in order. */
export async function powerOff(lab: string, host: string): Promise<void> {
  const leader = leaderOf(lab, host)
  const machine = leader && parentOf(leader)
  if (!machine) return
  signal(machine, 'SIGTERM')
  await eventually(`${host} powers off`, POWER_OFF_LIMIT_MS, () => processesIn([namespaceFile(lab, host)]).length === 0)
}

export async function cutPower(lab: string, host: string): Promise<void> {
  await killAllIn([namespaceFile(lab, host)])
}

export async function powerOn(state: LabState, host: string): Promise<void> {
  await startHost(state, host)
}

/** Reboots as `systemctl reboot` does, and comes back when the host is up again. */
export async function reboot(lab: string, host: string): Promise<void> {
  const before = leaderOf(lab, host)
  await must(inHost(lab, host, ['systemctl', 'reboot']))
  await eventually(`${host} goes down`, REBOOT_LIMIT_MS, () => leaderOf(lab, host) !== before)
  await booted(lab, host)
}

export async function pull(lab: string, part: string): Promise<void> {
  await pullCable(lab, part)
}

export async function heal(lab: string, part: string): Promise<void> {
  await plugCable(lab, part)
}

export async function loseBetween(state: LabState, one: string, other: string): Promise<void> {
  await loseTraffic(state.name, one, addressOf(state, other))
  await loseTraffic(state.name, other, addressOf(state, one))
}

export async function carryBetween(state: LabState, one: string, other: string): Promise<void> {
  await carryTraffic(state.name, one, addressOf(state, other))
  await carryTraffic(state.name, other, addressOf(state, one))
}

function addressOf({nodes, balancers, operator, postgres}: LabState, part: string): string {
  const found = [...nodes, balancers.haproxy, balancers.nginx].find(({name}) => name === part)?.address
  if (found) return found
  if (part === 'operator') return operator.address
  if (part === 'servers') return postgres.host
  throw new Error(`the lab has no part ${part}`)
}
