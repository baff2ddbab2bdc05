import {parsedObject} from '../../model/parsed-object.ts'
import type {BalancerView, ServerState} from '../../ports/balancer.ts'

export type HookServer = Omit<BalancerView, 'balancer'>

export type HookReading = {readonly servers: readonly HookServer[]} | {readonly wrong: string}

/**
 * What `list` and `status` print, a server a line: `SERVER STATE [CURRENT]`, or a JSON object. Empty lines and those that
 * begin with `#` say nothing. One line that cannot be read makes the whole answer worthless.
 */
export function readHookServers(text: string): HookReading {
  const servers: HookServer[] = []
  for (const line of text.split('\n').map(untrimmed => untrimmed.trim())) {
    if (line === '' || line.startsWith('#')) continue
    const server = line.startsWith('{') ? fromJson(line) : fromWords(line)
    if (!server) return {wrong: line}
    servers.push(server)
  }
  return {servers}
}

const STATES: readonly ServerState[] = ['in', 'drain', 'out', 'down']

function fromWords(line: string): HookServer | undefined {
  const [server = '', state = '', current, ...rest] = line.split(/\s+/)
  return rest.length > 0
    ? undefined
    : serverOf({server, state, current: current === undefined ? undefined : Number(current)})
}

function fromJson(line: string): HookServer | undefined {
  const value = parsedObject(line)
  return value && serverOf(value)
}

function serverOf({server, state, current, address, words}: Readonly<Record<string, unknown>>): HookServer | undefined {
  const known = STATES.find(candidate => candidate === state)
  if (typeof server !== 'string' || server === '' || !known) return undefined
  if (current !== undefined && !(Number.isInteger(current) && Number(current) >= 0)) return undefined
  return {
    server,
    state: known,
    words: typeof words === 'string' && words !== '' ? words : known,
    ...(current === undefined ? {} : {current: Number(current)}),
    ...(typeof address === 'string' ? {address} : {}),
  }
}
