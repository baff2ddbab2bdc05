import {setTimeout as sleep} from 'node:timers/promises'
import WebSocket from 'ws'

export interface LiveSocketOptions {
  readonly url: URL
  readonly cookie: string | undefined
  readonly stop: AbortSignal
  /** An open socket was ended by the other side. */
  wasCut(): void
  wasRefused(): void
}

const RECONNECT_MS = 250

/** Holds one WebSocket to Grafana Live, as an open dashboard does, and connects again when it is cut. */
export async function holdLiveSocket(options: LiveSocketOptions): Promise<void> {
  while (!options.stop.aborted) {
    const end = await holdOne(options)
    if (options.stop.aborted) return
    if (end === 'cut') options.wasCut()
    else options.wasRefused()
    await sleep(RECONNECT_MS, undefined, {signal: options.stop}).catch(() => undefined)
  }
}

function holdOne({url, cookie, stop}: LiveSocketOptions): Promise<'cut' | 'refused'> {
  const address = new URL('api/live/ws', url)
  address.protocol = address.protocol.replace('http', 'ws')
  const socket = new WebSocket(address, {headers: cookie ? {cookie} : {}, handshakeTimeout: 5000})
  let opened = false
  const leave = () => socket.terminate()
  stop.addEventListener('abort', leave, {once: true})
  return new Promise(resolve => {
    socket.on('open', () => {
      opened = true
      socket.send('{"id":1,"connect":{}}')
    })
    // Grafana Live's own ping is an empty object, and the client answers with one.
    socket.on('message', data => {
      if (String(data) === '{}') socket.send('{}')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      stop.removeEventListener('abort', leave)
      resolve(opened ? 'cut' : 'refused')
    })
  })
}
