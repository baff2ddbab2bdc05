import path from 'node:path'

/** Everything a lab makes carries its name, so that two labs do not meet and one can be removed by name alone. */
export const RUN_FOLDER = '/run/gha-lab'
export const DATA_FOLDER = '/var/lib/gha-lab'
export const CACHE_FOLDER = '/var/cache/gha-lab'
export const INDEX_FOLDER = path.join(RUN_FOLDER, 'by-index')
export const NAMESPACE_FOLDER = '/run/netns'
export const MOST_LABS = 250

const NAME = /^[a-z][a-z0-9-]{0,23}$/
/** Short enough for the name of a network interface with one letter before it. */
const HOST_NAME = /^[a-z][a-z0-9-]{0,11}$/
const FIRST_NODE = 11
const MOST_NODES = 200

export interface Host {
  readonly name: string
  readonly address: string
}

export function assertLabName(name: string): string {
  if (!NAME.test(name) || name === 'by-index') throw new Error(`not a name for a lab: ${name}`)
  return name
}

export function assertHostName(name: string): string {
  const reserved = ['hub', 'operator', 'servers', 'haproxy', 'nginx']
  if (!HOST_NAME.test(name) || reserved.includes(name)) throw new Error(`not a name for a node: ${name}`)
  return name
}

export const runFolder = (lab: string) => path.join(RUN_FOLDER, assertLabName(lab))
export const dataFolder = (lab: string) => path.join(DATA_FOLDER, assertLabName(lab))
export const hostFolder = (lab: string, host: string) => path.join(dataFolder(lab), 'hosts', host)
export const stateFile = (lab: string) => path.join(runFolder(lab), 'lab.json')

/** A dot never stands in a lab's name, so no lab's prefix is the start of another's. */
export const namespacePrefix = (lab: string) => `gha-lab.${assertLabName(lab)}.`
export const namespaceOf = (lab: string, part: string) => `${namespacePrefix(lab)}${part}`
export const namespaceFile = (lab: string, part: string) => path.join(NAMESPACE_FOLDER, namespaceOf(lab, part))
export const controlGroup = (lab: string) => `gha-lab.${assertLabName(lab)}`

export const addressIn = (index: number, host: number) => `10.87.${index}.${host}`

export function fixedAddresses(index: number) {
  return {
    operator: addressIn(index, 1),
    servers: addressIn(index, 2),
    haproxy: addressIn(index, 5),
    nginx: addressIn(index, 6),
  }
}

/** The next node: the lowest free number gives its name, unless one is given, and its address. */
export function nextNode(index: number, nodes: readonly Host[], name?: string): Host {
  const free = Array.from({length: MOST_NODES}, (_, place) => place).find(place => {
    const address = addressIn(index, FIRST_NODE + place)
    return nodes.every(node => node.address !== address && node.name !== `gf${place + 1}`)
  })
  if (free === undefined) throw new Error(`a lab holds at most ${MOST_NODES} nodes`)
  const node = {name: assertHostName(name ?? `gf${free + 1}`), address: addressIn(index, FIRST_NODE + free)}
  if (nodes.some(other => other.name === node.name)) throw new Error(`the lab has a node ${node.name} already`)
  return node
}
