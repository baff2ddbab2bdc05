import net, {type AddressInfo} from 'node:net'

export const LOOPBACK = '127.0.0.1'
export const BALANCER_ADDRESS = '127.0.0.10'
const FIRST_NODE = 11

/** The ports of one sandbox, the same at each of its addresses. */
export interface Slot {
  readonly ssh: number
  readonly http: number
  readonly mesh: number
  readonly balancer: number
  readonly postgres: number
  /** Gives the slot to the next sandbox. */
  release(): void
}

const SLOTS = 50
const FIRST_PORTS = {claim: 21000, ssh: 22000, http: 3000, mesh: 9094, balancer: 8080, postgres: 15432}

export function nodeAddress(place: number): string {
  return `127.0.0.${FIRST_NODE + place}`
}

/**
 * The first slot whose ports are all free. Listening on the claim port keeps it, so that two sandboxes that start at the
 * same time never choose the same one.
 */
export async function takeSlot(nodes: number): Promise<Slot> {
  for (let place = 0; place < SLOTS; place += 1) {
    const claim = await listen(BALANCER_ADDRESS, FIRST_PORTS.claim + place)
    if (!claim) continue
    const slot = {
      ssh: FIRST_PORTS.ssh + place,
      http: FIRST_PORTS.http + place,
      mesh: FIRST_PORTS.mesh + place,
      balancer: FIRST_PORTS.balancer + place,
      postgres: FIRST_PORTS.postgres + place,
      release: () => claim.close(),
    }
    claim.unref()
    if (await areFree(slot, nodes)) return slot
    claim.close()
  }
  throw new Error(
    `no free ports: ${SLOTS} slots from ${FIRST_PORTS.ssh} on were tried at ${BALANCER_ADDRESS} and above`,
  )
}

/** A port that nobody listened on a moment ago. */
export async function freePort(address: string): Promise<number> {
  const server = await listen(address, 0)
  if (!server) throw new Error(`cannot listen on ${address}`)
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

async function areFree(slot: Slot, nodes: number): Promise<boolean> {
  const places = [
    ...[slot.ssh, slot.balancer].map(port => ({address: BALANCER_ADDRESS, port})),
    {address: LOOPBACK, port: slot.postgres},
    ...Array.from({length: nodes}, (_, place) =>
      [slot.ssh, slot.http, slot.mesh].map(port => ({address: nodeAddress(place), port})),
    ).flat(),
  ]
  for (const {address, port} of places) {
    const server = await listen(address, port)
    if (!server) return false
    await new Promise(resolve => server.close(resolve))
  }
  return true
}

function listen(address: string, port: number): Promise<net.Server | undefined> {
  const server = net.createServer()
  return new Promise(resolve => {
    server.once('error', () => resolve(undefined))
    server.listen({host: address, port, exclusive: true}, () => resolve(server))
  })
}
