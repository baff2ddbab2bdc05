import type {Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import type {ConnectionOptions} from 'node:tls'
import {shakenHands} from '../dialled/secured.ts'
import {readExactly} from './read-exactly.ts'
import {join} from './relay.ts'

/** Length 8, and the number that PostgreSQL takes for "may we speak TLS?". */
const MAY_WE = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const SASL = 10

/**
 * Logs a client in that speaks clear text on this machine to a server that is spoken to in TLS: libpq never encrypts on a
 * UNIX socket. A login bound to the TLS channel is not offered to it, because it would refuse the offer.
 */
export async function joinSecuredPostgres(client: Socket, server: Duplex, tls: ConnectionOptions): Promise<void> {
  server.write(MAY_WE)
  const answer = await readExactly(server, 1)
  if (answer.toString() !== 'S') throw new Error('the server does not support SSL connections')
  const secured = await shakenHands(server, tls)
  secured.on('error', () => undefined)
  const startup = await readExactly(client, 4)
  secured.write(Buffer.concat([startup, await readExactly(client, startup.readInt32BE() - startup.length)]))
  for (;;) {
    const head = await readExactly(secured, 5)
    const body = await readExactly(secured, head.readInt32BE(1) - 4)
    const kind = head.toString('latin1', 0, 1)
    client.write(
      kind === 'R' && body.readInt32BE() === SASL ? message(kind, unbound(body)) : Buffer.concat([head, body]),
    )
    if (kind === 'R' || kind === 'E') break
  }
  join(client, secured)
}

/** The server's ways to log in, without those that need the channel. */
function unbound(body: Buffer): Buffer {
  const names = body.toString('latin1', 4).split('\0')
  return Buffer.concat([body.subarray(0, 4), Buffer.from(names.filter(name => !name.endsWith('-PLUS')).join('\0'))])
}

function message(kind: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(kind), length, body])
}
