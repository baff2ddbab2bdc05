import net from 'node:net'
import {text} from 'node:stream/consumers'
import {setTimeout as sleep} from 'node:timers/promises'

export interface Outage {
  readonly node: string
  readonly seconds: number
}

export interface Watch {
  /** How long each node was drained or out, in the order in which that ended. */
  stop(): Promise<readonly Outage[]>
}

const EVERY_MS = 100

/** Looks at a backend through HAProxy's runtime socket, from outside of gha. */
export function watchBalancer(socket: string, backend: string): Watch {
  const since = new Map<string, number>()
  const outages: Outage[] = []
  let isOver = false
  const look = async () => {
    for (const {node, isIn} of await readStates(socket, backend)) {
      const started = since.get(node)
      if (!isIn) since.set(node, started ?? performance.now())
      else if (started !== undefined) {
        outages.push({node, seconds: (performance.now() - started) / 1000})
        since.delete(node)
      }
    }
  }
  const watching = (async () => {
    while (!isOver) {
      await look()
      await sleep(EVERY_MS)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await watching
      return outages
    },
  }
}

async function readStates(socket: string, backend: string) {
  const lines = (await ask(socket, `show servers state ${backend}`)).split('\n')
  const columns =
    lines
      .find(line => line.startsWith('# '))
      ?.slice(2)
      .split(' ') ?? []
  const [name, admin] = ['srv_name', 'srv_admin_state'].map(column => columns.indexOf(column))
  const rows = lines.filter(line => line !== '' && !line.startsWith('#')).map(line => line.split(' '))
  return rows
    .filter(fields => fields.length === columns.length)
    .map(fields => ({node: fields[name ?? -1] ?? '', isIn: fields[admin ?? -1] === '0'}))
}

/** Nothing while the balancer does not listen. */
async function ask(path: string, command: string): Promise<string> {
  const socket = net.connect(path)
  socket.end(`${command}\n`)
  try {
    return await text(socket)
  } catch {
    return ''
  }
}
