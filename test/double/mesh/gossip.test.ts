import {connect} from 'node:net'
import {afterAll, afterEach, describe, expect, it} from 'vitest'
import {launchDouble, type RunningDouble, removeDoubles, startDouble, stopDoubles} from '../../support/double.ts'
import {eventually} from '../../support/eventually.ts'
import {freePort} from '../../support/free-port.ts'

afterEach(stopDoubles)
afterAll(removeDoubles)

const LIMIT_MS = 30_000

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
const haveMembers = (doubles: readonly RunningDouble[], size: number) =>
  eventually(`${size} members`, LIMIT_MS, async () => (await members(doubles)).every(count => count === size))
const startMesh = async (size: number) => {
  const ports = await Promise.all(Array.from({length: size}, () => freePort()))
  const doubles = await Promise.all(ports.map(port => startDouble({settings: settings(port, ports)})))
  await haveMembers(doubles, size)
  return {ports, doubles}
}

describe('the alerting mesh', () => {
  it('has all nodes as members within seconds, each at a position of its own, healthy', async () => {
    const {doubles} = await startMesh(3)
    const positions = await Promise.all(doubles.map(double => metric(double, 'alertmanager_peer_position')))
    expect(positions.sort()).toEqual([0, 1, 2])
    const health = () => metric(doubles[0]!, 'alertmanager_cluster_health_score')
    await eventually('health', LIMIT_MS, async () => (await health()) === 0)
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(0)
  })

  it('keeps counters moving', async () => {
    const {doubles} = await startMesh(2)
    const read = () => metric(doubles[0]!, 'alertmanager_cluster_messages_received_total\\{msg_type="update"\\}')
    const before = await read()
    await eventually('a counter moves', LIMIT_MS, async () => (await read()) > before)
  })

  it('stands still with a fault, and counts all members', async () => {
    const ports = await Promise.all([freePort(), freePort()])
    const [deaf, other] = await Promise.all(
      ports.map((port, index) => startDouble({settings: settings(port, ports), fault: index === 0 ? 'deaf-mesh' : ''})),
    )
    await haveMembers([deaf!, other!], 2)
    const pings = (double: RunningDouble) => metric(double, 'alertmanager_cluster_pings_seconds_count')
    const before = await pings(other!)
    await eventually('the other is heard', LIMIT_MS, async () => (await pings(other!)) > before)
    expect(await pings(deaf!)).toBe(1)
  })

  it('misses a node that leaves, and counts no failure', async () => {
    const {doubles} = await startMesh(3)
    await doubles[2]!.stop()
    await haveMembers(doubles.slice(0, 2), 2)
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(0)
  })

  it('misses a killed node after about ten seconds as failed, and forgets the failure when it is back', async () => {
    const {ports, doubles} = await startMesh(2)
    const killed = performance.now()
    doubles[1]!.signal('SIGKILL')
    await haveMembers(doubles.slice(0, 1), 1)
    expect(performance.now() - killed).toBeGreaterThan(4000)
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(1)
    const again = await startDouble({settings: settings(ports[1]!, ports)})
    await haveMembers([doubles[0]!, again], 2)
    expect(await metric(doubles[0]!, 'alertmanager_cluster_failed_peers')).toBe(0)
  })

  // Who meets the third node has had the time to meet the other one.
  it('does not meet a node with another label', async () => {
    const ports = [await freePort(), await freePort(), await freePort()] as const
    const start = (own: number, label: string) =>
      startDouble({settings: `${settings(own, ports)}ha_label = ${label}\n`})
    const doubles = [await start(ports[0], 'a'), await start(ports[1], 'b'), await start(ports[2], 'b')]
    await haveMembers(doubles.slice(1), 2)
    expect(await members(doubles)).toEqual([1, 2, 2])
  })

  it('never sees a node with the fault never-in-mesh, whose port is closed', async () => {
    const [one, other, third] = [await freePort(), await freePort(), await freePort()]
    const peers = [one, other, third]
    const absent = await startDouble({settings: settings(other, peers), fault: 'never-in-mesh'})
    const doubles = [
      await startDouble({settings: settings(one, peers)}),
      await startDouble({settings: settings(third, peers)}),
    ]
    await haveMembers(doubles, 2)
    expect(await members([absent, ...doubles])).toEqual([1, 2, 2])
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
