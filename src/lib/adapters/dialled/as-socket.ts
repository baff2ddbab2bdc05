import type {Socket} from 'node:net'
import type {Duplex} from 'node:stream'

/** A dialled stream dressed as a socket, for clients that insist on one. It is connected already. */
export function asSocket(stream: Duplex): Socket {
  const same = () => stream
  return Object.assign(stream, {
    connect() {
      process.nextTick(() => stream.emit('connect'))
      return stream
    },
    setNoDelay: same,
    setKeepAlive: same,
    setTimeout: same,
    ref: same,
    unref: same,
  }) as unknown as Socket
}
