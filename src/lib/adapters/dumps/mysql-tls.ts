import type {Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import type {ConnectionOptions} from 'node:tls'
import {shakenHands} from '../dialled/secured.ts'
import {readExactly} from './read-exactly.ts'
import {join} from './relay.ts'

const CLIENT_SSL = 0x0800
/** Capabilities, largest packet, character set, filler: what a client sends before it speaks TLS. */
const PREAMBLE_LENGTH = 32
const OK = 0x00
const ERROR = 0xff

interface Packet {
  readonly sequence: number
  readonly body: Buffer
}

/**
 * Logs a client in that speaks clear text on this machine to a server that is spoken to in TLS. The request for TLS is one
 * packet more than the client knows of, so until the login is over every packet's number is shifted by one.
 */
export async function joinSecuredMysql(client: Socket, server: Duplex, tls: ConnectionOptions): Promise<void> {
  const greeting = await readPacket(server)
  if (greeting.body[0] === ERROR) return pass(client, server, greeting)
  if (!offersTls(greeting.body)) throw new Error('the server does not support SSL connections')
  writePacket(client, {...greeting, body: withoutTls(greeting.body)})
  const login = await readPacket(client)
  const wished = withTls(login.body)
  writePacket(server, {sequence: login.sequence, body: wished.subarray(0, PREAMBLE_LENGTH)})
  const secured = await shakenHands(server, {...tls, minVersion: 'TLSv1.2'})
  writePacket(secured, {sequence: login.sequence + 1, body: wished})
  for (;;) {
    const answer = await readPacket(secured)
    const shifted = {...answer, sequence: answer.sequence - 1}
    const [kind] = answer.body
    if (kind === OK || kind === ERROR) return pass(client, secured, shifted)
    writePacket(client, shifted)
    // An answer that only says that all is well so far (fast authentication) wants no reply.
    if (kind === 0x01 && answer.body[1] === 0x03 && answer.body.length === 2) continue
    const reply = await readPacket(client)
    writePacket(secured, {...reply, sequence: reply.sequence + 1})
  }
}

function pass(client: Socket, server: Duplex, last: Packet): void {
  writePacket(client, last)
  join(client, server)
}

async function readPacket(stream: Duplex): Promise<Packet> {
  const head = await readExactly(stream, 4)
  const length = head.readUIntLE(0, 3)
  return {sequence: head[3] ?? 0, body: length > 0 ? await readExactly(stream, length) : Buffer.alloc(0)}
}

function writePacket(stream: Duplex, {sequence, body}: Packet): void {
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = sequence & 0xff
  stream.write(Buffer.concat([head, body]))
}

/** After the protocol's number, the version and its NUL, the thread's id, eight bytes of salt and a filler. */
function capabilitiesAt(greeting: Buffer): number {
  return greeting.indexOf(0, 1) + 1 + 4 + 8 + 1
}

function offersTls(greeting: Buffer): boolean {
  return (greeting.readUInt16LE(capabilitiesAt(greeting)) & CLIENT_SSL) !== 0
}

function withoutTls(greeting: Buffer): Buffer {
  const copy = Buffer.from(greeting)
  const at = capabilitiesAt(copy)
  copy.writeUInt16LE(copy.readUInt16LE(at) & ~CLIENT_SSL, at)
  return copy
}

function withTls(login: Buffer): Buffer {
  const copy = Buffer.from(login)
  copy.writeUInt32LE((copy.readUInt32LE(0) | CLIENT_SSL) >>> 0, 0)
  return copy
}
