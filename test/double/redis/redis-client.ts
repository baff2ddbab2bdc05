import {readFileSync} from 'node:fs'
import {connect as connectTcp, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'

export interface RedisTarget {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  readonly database: string
  readonly tls: {readonly caFile: string; readonly serverName: string; readonly isVerified: boolean} | undefined
}

export type RedisValue = string | number | null | readonly RedisValue[]

const TIMEOUT_MS = 3000

/** One conversation with Redis: signs in, asks one after the other, hangs up. */
export async function askRedis(
  target: RedisTarget,
  conversation: (ask: (...words: readonly string[]) => Promise<RedisValue>) => Promise<void>,
): Promise<void> {
  const socket = open(target)
  const replies = new Replies(socket)
  const ask = (...words: readonly string[]) => {
    socket.write(`*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`)
    return replies.next()
  }
  try {
    const name = target.username ? [target.username] : []
    if (target.password !== '') await ask('AUTH', ...name, target.password)
    if (target.database !== '' && target.database !== '0') await ask('SELECT', target.database)
    await conversation(ask)
  } finally {
    socket.destroy()
  }
}

function open({host, port, tls}: RedisTarget): Socket {
  const socket = tls
    ? connectTls({
        ...{host, port, servername: tls.serverName || host, rejectUnauthorized: tls.isVerified},
        ...(tls.caFile && {ca: readFileSync(tls.caFile)}),
      })
    : connectTcp({host, port})
  return socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('i/o timeout')))
}

/** Reads replies in the order of the questions. */
class Replies {
  private text = ''
  private failure: Error | undefined
  private wake: () => void = () => {}

  constructor(socket: Socket) {
    const fail = (error: Error) => {
      this.failure = error
      this.wake()
    }
    socket.setEncoding('latin1')
    socket.on('error', fail).on('close', () => fail(this.failure ?? new Error('connection closed')))
    socket.on('data', chunk => {
      this.text += chunk
      this.wake()
    })
  }

  async next(): Promise<RedisValue> {
    for (;;) {
      const reply = readReply(this.text)
      if (reply) {
        this.text = this.text.slice(reply.length)
        if (reply.error !== undefined) throw new Error(reply.error)
        return reply.value
      }
      if (this.failure) throw this.failure
      await new Promise<void>(resolve => {
        this.wake = resolve
      })
    }
  }
}

interface Reply {
  readonly value: RedisValue
  readonly length: number
  readonly error?: string
}

function readReply(text: string): Reply | undefined {
  const end = text.indexOf('\r\n')
  if (end === -1) return undefined
  const head = text.slice(1, end)
  const length = end + 2
  if (text[0] === '+') return {value: head, length}
  if (text[0] === '-') return {value: null, length, error: head}
  if (text[0] === ':') return {value: Number(head), length}
  return text[0] === '*' ? readList(text, length, Number(head)) : readBulk(text, length, Number(head))
}

function readBulk(text: string, start: number, size: number): Reply | undefined {
  if (size < 0) return {value: null, length: start}
  const length = start + size + 2
  return text.length < length ? undefined : {value: text.slice(start, start + size), length}
}

function readList(text: string, start: number, count: number): Reply | undefined {
  const values: RedisValue[] = []
  let length = start
  for (let item = 0; item < count; item++) {
    const reply = readReply(text.slice(length))
    if (!reply) return undefined
    values.push(reply.value)
    length += reply.length
  }
  return {value: values, length}
}
