import {randomBytes} from 'node:crypto'
import {Duplex} from 'node:stream'
import {printable} from '../../host/frame.ts'
import {relayText} from '../../host/relay.ts'
import {packRelay} from '../../host/travel.ts'
import type {Become} from '../../model/node.ts'
import {type Destination, DialError} from '../../ports/host.ts'
import type {Channel} from './connection.ts'
import {Departure, elevationOf} from './departure.ts'
import {dialFailure} from './dial-failure.ts'

export interface RelayErrand {
  readonly become: Become
  readonly open: () => Promise<Channel>
  readonly lost: Promise<never>
}

/** Dials where the server forwards nothing: a command on the host connects and relays. @throws DialError */
export async function dialByRelay(destination: Destination, errand: RelayErrand): Promise<Duplex> {
  const travel = packRelay(relayText(destination), {
    elevation: elevationOf(errand.become),
    nonce: randomBytes(32).toString('hex'),
  })
  const channel = await errand.open()
  const departure = new Departure(channel, {travel, become: errand.become, follow: () => undefined})
  try {
    const rest = await Promise.race([opened(channel, {departure, begin: travel.marks.begin}), errand.lost])
    return new ChannelStream(channel, rest)
  } catch (error) {
    channel.close()
    throw error
  }
}

interface Opening {
  readonly departure: Departure
  readonly begin: string
}

/** Resolves with the connection's first bytes when the relay says `open`. */
function opened(channel: Channel, {departure, begin}: Opening): Promise<Buffer> {
  let out = Buffer.alloc(0)
  let err = ''
  return new Promise((resolve, reject) => {
    const onStdout = (chunk: Buffer) => {
      out = Buffer.concat([out, chunk])
      const answer = answerIn(out, begin)
      if (!answer) {
        departure.look(out.toString('latin1'), err)
        return
      }
      channel.stdout.off('data', onStdout)
      channel.stdout.pause()
      if (answer.line === 'open') resolve(answer.rest)
      else if (answer.line.startsWith('fail ')) reject(dialError(answer.line.replace(/^fail /, '')))
      else reject(dialError(`the relay did not start: ${printable(Buffer.from(err)).trim()}`))
    }
    channel.stdout.on('data', onStdout)
    channel.stderr.on('data', (chunk: Buffer) => {
      err = (err + chunk.toString('utf8')).slice(-4096)
      if (departure.look(out.toString('latin1'), err)) reject(dialError('sudo did not take the password (denied)'))
    })
    channel.stdout.resume()
    channel.stderr.resume()
    void channel.ended.then(() => reject(dialError(printable(Buffer.from(err)).trim() || 'the relay ended')))
  })
}

function answerIn(out: Buffer, begin: string): {line: string; rest: Buffer} | undefined {
  const at = out.indexOf(begin)
  if (at === -1) return undefined
  const start = at + begin.length
  const end = out.indexOf('\n', start)
  return end === -1 ? undefined : {line: out.toString('utf8', start, end).trim(), rest: out.subarray(end + 1)}
}

function dialError(text: string): DialError {
  return new DialError(dialFailure(text), text)
}

/** A command's standard streams as one stream. */
export class ChannelStream extends Duplex {
  readonly #channel: Channel

  constructor(channel: Channel, first: Buffer) {
    super({allowHalfOpen: true})
    this.#channel = channel
    if (first.length > 0) this.push(first)
    channel.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk) && !this.destroyed) channel.stdout.pause()
    })
    channel.stdout.once('end', () => this.push(null))
    void channel.ended.then(() => this.push(null))
    channel.stdin.on('error', error => this.destroy(error))
  }

  override _read(): void {
    this.#channel.stdout.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.stdin.write(chunk, error => done(error))
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.stdin.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel.close()
    done(error)
  }
}
