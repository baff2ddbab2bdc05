import {rm} from 'node:fs/promises'
import {removeControlGroups} from './down.ts'
import {inHost, leaderOf, startHost} from './hosts/host.ts'
import {hostsFile, prepareHost} from './hosts/prepare.ts'
import {controlGroup, hostFolder, namespaceFile, namespaceOf, nextNode} from './layout.ts'
import {plugIn, removeNamespace} from './network.ts'
import {killAllIn} from './processes.ts'
import {must} from './run.ts'
import {type LabState, writeState} from './state.ts'
import {hostsOf, writeKnownHosts} from './up.ts'

/** One more node, beside those that run. */
export async function addNode(before: LabState, name?: string): Promise<void> {
  const node = nextNode(before.index, before.nodes, name)
  const state = writeState({...before, nodes: [...before.nodes, node]})
  await plugIn(state.name, [node])
  await prepareHost(state, node)
  await startHost(state, node.name)
  await tellAll(state)
}

export async function removeNode(before: LabState, name: string): Promise<void> {
  if (!before.nodes.some(node => node.name === name)) throw new Error(`the lab has no node ${name}`)
  await killAllIn([namespaceFile(before.name, name)])
  await removeNamespace(namespaceOf(before.name, name))
  await removeControlGroups(`${controlGroup(before.name)}/${name}`)
  await rm(hostFolder(before.name, name), {recursive: true})
  await tellAll(writeState({...before, nodes: before.nodes.filter(node => node.name !== name)}))
}

async function tellAll(state: LabState): Promise<void> {
  writeKnownHosts(state)
  const running = hostsOf(state).filter(({name}) => leaderOf(state.name, name))
  const input = hostsFile(state)
  await Promise.all(running.map(({name}) => must(inHost(state.name, name, ['sh', '-c', 'cat > /etc/hosts']), {input})))
}
