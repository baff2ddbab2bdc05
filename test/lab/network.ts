import {rmdirSync} from 'node:fs'
import {type Host, NAMESPACE_FOLDER, namespaceOf, namespacePrefix} from './layout.ts'
import {must, run} from './run.ts'
import {listFolder} from './state.ts'

const HUB = 'hub'
const BRIDGE = 'br0'
const INTERFACE = 'host0'

/** Makes the namespace with the bridge that all parts of a lab hang on. Nothing of it is in the machine's own network. */
export async function makeHub(lab: string): Promise<void> {
  await addNamespace(lab, HUB)
  await configure(lab, HUB, [`link add ${BRIDGE} type bridge`, `link set ${BRIDGE} up`, 'link set lo up'])
}

/** Makes a part's namespace and plugs it in. */
export async function plugIn(lab: string, parts: readonly Host[]): Promise<void> {
  for (const part of parts) await addNamespace(lab, part.name)
  await configure(
    lab,
    HUB,
    parts.flatMap(({name}) => [
      `link add ${cable(name)} type veth peer name ${INTERFACE} netns ${namespaceOf(lab, name)}`,
      `link set ${cable(name)} master ${BRIDGE} up`,
    ]),
  )
  for (const {name, address} of parts)
    await configure(lab, name, [
      'link set lo up',
      `addr add ${address}/24 dev ${INTERFACE}`,
      `link set ${INTERFACE} up`,
    ])
}

/** Pulls a part's cable at the switch: what is sent to it or by it is lost without a word. */
export async function pullCable(lab: string, part: string): Promise<void> {
  await configure(lab, HUB, [`link set ${cable(part)} nomaster`])
}

export async function plugCable(lab: string, part: string): Promise<void> {
  await configure(lab, HUB, [`link set ${cable(part)} master ${BRIDGE}`])
}

/** Loses what `from` sends to an address, and nothing else: the frames go to a card that nobody has. */
export async function loseTraffic(lab: string, from: string, to: string): Promise<void> {
  await configure(lab, from, [`neigh replace ${to} lladdr 02:00:00:00:00:ee dev ${INTERFACE} nud permanent`])
}

export async function carryTraffic(lab: string, from: string, to: string): Promise<void> {
  await configure(lab, from, [`neigh del ${to} dev ${INTERFACE}`])
}

/** What a part sends to these addresses stays in it; it tells nobody that they are there. */
export async function takeOverAddresses(lab: string, part: string, addresses: readonly string[]): Promise<void> {
  await must(['ip', 'netns', 'exec', namespaceOf(lab, part), 'sysctl', '-qw', 'net.ipv4.conf.all.arp_ignore=1'])
  await configure(
    lab,
    part,
    addresses.map(address => `addr add ${address}/32 dev lo`),
  )
}

/** Deleting a namespace takes its end of the cable along, and with it the other end. */
export async function removeNamespace(namespace: string): Promise<void> {
  const {stderr} = await run(['ip', 'netns', 'del', namespace])
  if (listFolder(NAMESPACE_FOLDER).includes(namespace)) throw new Error(`${namespace} does not go: ${stderr}`)
}

export function namespacesOf(lab: string): readonly string[] {
  return listFolder(NAMESPACE_FOLDER).filter(name => name.startsWith(namespacePrefix(lab)))
}

/** The first namespace made the folder a mount of its own; the last one takes that back. */
export async function tidyNamespaceFolder(): Promise<void> {
  if (listFolder(NAMESPACE_FOLDER).length > 0) return
  await run(['umount', NAMESPACE_FOLDER])
  try {
    rmdirSync(NAMESPACE_FOLDER)
  } catch {
    // somebody else uses it: theirs to remove
  }
}

async function addNamespace(lab: string, part: string): Promise<void> {
  await must(['ip', 'netns', 'add', namespaceOf(lab, part)])
}

async function configure(lab: string, part: string, lines: readonly string[]): Promise<void> {
  await must(['ip', '-n', namespaceOf(lab, part), '-batch', '-'], {input: `${lines.join('\n')}\n`})
}

function cable(part: string): string {
  return `v${part}`
}
