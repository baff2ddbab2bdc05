import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, afterEach, describe, expect, it} from 'vitest'
import {launchDouble, type RunningDouble, removeDoubles, startDouble, stopDoubles} from '../../support/double.ts'
import {freePort} from '../../support/free-port.ts'

afterEach(stopDoubles)
afterAll(removeDoubles)

const settings = (own: number, peers: readonly number[]) => `[unified_alerting]
ha_listen_address = 127.0.0.1:${own}
ha_peers = ${peers.map(port => `127.0.0.1:${port}`).join(',')}
`
const metric = async (double: RunningDouble, name: string) => {
  const text = await (await double.get('/metrics')).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])
}
const members = (doubles: readonly RunningDouble[]) =>
  Promise.all(doubles.map(double => metric(double, 'alertmanager_cluster_members')))
const until = async (limitMs: number, isTrue: () => Promise<boolean>) => {
  const end = Date.now() + limitMs
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('too late')
    await sleep(100)
  }
}
const startMesh = async (size: number) => {
  const ports = await Promise.all(Array.from({length: size}, () => freePort()))
  const doubles = await Promise.all(ports.map(port => startDouble({settings: settings(port, ports)})))
  await until(15_000, async () => (await members(doubles)).every(count => count === size))
  return {ports, doubles}
}

describe('the alerting mesh', () => {
  it('has all nodes as members within seconds, each at a position of its own, healthy', async () => {
    const {doubles} = await startMesh(3)
    const positions = await Promise.all(doubles.map(double => metric(double, 'alertmanager_peer_position')))
    expect(positions.sort()).toEqual([0, 1, 2])
    await until(8000, async () => (await metric(doubles[0]!, 'alertmanager_cluster_health_score')) === 0)
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(0)
  })

  it('keeps counters moving', async () => {
    const {doubles} = await startMesh(2)
    const read = () => metric(doubles[0]!, 'alertmanager_cluster_messages_received_total\\{msg_type="update"\\}')
    const before = await read()
    await until(8000, async () => (await read()) > before)
  })

  it('misses a node that leaves within two seconds, and counts no failure', async () => {
    const {doubles} = await startMesh(3)
    await doubles[2]!.stop()
    await until(3000, async () => (await members(doubles.slice(0, 2))).every(count => count === 2))
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(0)
  })

  it('misses a killed node after about ten seconds as failed, and forgets the failure when it is back', async () => {
    const {ports, doubles} = await startMesh(2)
    doubles[1]!.signal('SIGKILL')
    await sleep(4000)
    expect(await members(doubles.slice(0, 1))).toEqual([2])
    await until(10_000, async () => (await members(doubles.slice(0, 1)))[0] === 1)
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(1)
    const again = await startDouble({settings: settings(ports[1]!, ports)})
    await until(8000, async () => (await members([doubles[0]!, again])).every(count => count === 2))
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(0)
  })

  it('does not meet a node with another label', async () => {
    const [one, other] = [await freePort(), await freePort()]
    const doubles = [
      await startDouble({settings: `${settings(one, [other])}ha_label = a\n`}),
      await startDouble({settings: `${settings(other, [one])}ha_label = b\n`}),
    ]
    await sleep(3000)
    expect(await members(doubles)).toEqual([1, 1])
  })

  it('never sees a node with the fault never-in-mesh, whose port is closed', async () => {
    const [one, other] = [await freePort(), await freePort()]
    const peers = [one, other]
    const doubles = [
      await startDouble({settings: settings(one, peers)}),
      await startDouble({settings: settings(other, peers), fault: 'never-in-mesh'}),
    ]
    await sleep(3000)
    expect(await members(doubles)).toEqual([1, 1])
    const refused = new Promise(resolve => connect(other, '127.0.0.1').on('error', resolve))
    expect(String(await refused)).toContain('ECONNREFUSED')
  })

  it('wants an IP to advertise', async () => {
    const port = await freePort()
    const double = await launchDouble({settings: `${settings(port, [port])}ha_advertise_address = gf1.test:9094\n`})
    expect(await double.exited).toBe(1)
    expect(double.output()).toContain("failed to parse advertise addr 'gf1.test'")
  })
})
