import {randomBytes} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'
import {Frame, printable} from '../../host/frame.ts'
import {packScript, type Travel} from '../../host/travel.ts'
import type {Become} from '../../model/node.ts'
import type {Script} from '../../model/script.ts'
import {Secret} from '../../model/secret.ts'
import {afterSeconds} from '../after-seconds.ts'
import type {Channel} from './connection.ts'
import {Departure, elevationOf} from './departure.ts'
import {type Broken, type Heard, lostConnection, scriptFailure} from './script-failure.ts'

const STDOUT_LIMIT = 64 * 1024 * 1024
const STDERR_LIMIT = 64 * 1024
/** Beyond the deadline that the node itself keeps. */
const GRACE_SECONDS = 15

/** Lines by which the system's ssh says that a channel is open. */
const SSH_DEBUG = /^debug1: .*\n/gm
/** How long a lost connection may take to be noticed once a channel broke. */
const LOST_NOTICE_MILLISECONDS = 1000

export interface Errand {
  readonly host: string
  readonly become: Become
  readonly open: () => Promise<Channel>
  /** Rejects when the connection is gone. */
  readonly lost: Promise<never>
}

/** Runs one script over one channel: sends it, answers sudo, reads its frame. */
export async function runScript<T>(script: Script<T>, errand: Errand): Promise<T> {
  const input = partsOf(script.input)
  const travel = packScript(script, {
    elevation: elevationOf(errand.become),
    nonce: randomBytes(32).toString('hex'),
    inputBytes: input.reduce((sum, {length}) => sum + length, 0),
  })
  const channel = await opened(script, errand)
  const deadline = timeout(script.deadlineSeconds + GRACE_SECONDS)
  const talk = new Talk(channel, travel, {become: errand.become, input})
  try {
    const end = await Promise.race([talk.finished, errand.lost, deadline.passed])
    if (end !== 'complete') throw scriptFailure({script, host: errand.host, end, ...talk.heard()})
  } catch (error) {
    const lost = await reasonOf(errand.lost, talk.broken ? LOST_NOTICE_MILLISECONDS : 0)
    throw lost === undefined ? error : lostConnection({script, host: errand.host, cause: lost}, talk.heard().came)
  } finally {
    deadline.clear()
    channel.close()
  }
  return script.parse({exitCode: talk.out.exitCode ?? 0, stdout: talk.out.body, stderr: printable(talk.err.body)})
}

/** Until a channel is open nothing can have run. */
async function opened(script: Script<unknown>, errand: Errand): Promise<Channel> {
  try {
    return await errand.open()
  } catch (error) {
    const lost = await reasonOf(errand.lost, 0)
    throw lost === undefined ? error : lostConnection({script, host: errand.host, cause: lost}, 'waiting')
  }
}

class Talk {
  readonly out: Frame
  readonly err: Frame
  readonly finished: Promise<'complete' | Broken>
  readonly #departure: Departure
  /** The channel ended without the status of a remote shell. */
  broken = false

  constructor(channel: Channel, travel: Travel, {become, input}: {become: Become; input: readonly Uint8Array[]}) {
    this.out = new Frame(travel.marks, {bytes: STDOUT_LIMIT, beyond: 'overflow'})
    this.err = new Frame(travel.marks, {bytes: STDERR_LIMIT, beyond: 'keep-end'})
    this.finished = new Promise(resolve => {
      const look = (frame: Frame) => (chunk: Buffer) => {
        frame.push(chunk)
        const verdict = this.#look()
        if (verdict) resolve(verdict)
      }
      channel.stdout.on('data', look(this.out))
      channel.stderr.on('data', look(this.err))
      channel.stdout.resume()
      channel.stderr.resume()
      void channel.ended.then(end => {
        this.broken = end.status === undefined
        resolve(this.#look() ?? (this.out.ended ? 'complete' : end))
      })
    })
    const follow = () => {
      for (const part of input) channel.stdin.write(part)
      channel.stdin.end()
    }
    this.#departure = new Departure(channel, {travel, become, follow})
  }

  heard(): Heard {
    const said = printable(Buffer.from(`${this.err.noise}${this.out.noise}`))
    const silent = this.#departure.jobSent ? 'sent' : 'waiting'
    return {came: this.out.begun ? 'begun' : silent, said: said.replaceAll(SSH_DEBUG, '').trim()}
  }

  /** Complete with both end marks: a daemon that the script left behind may hold the channel open for ever. */
  #look(): 'complete' | Broken | undefined {
    if (this.out.overflowed) return 'overflow'
    if (this.out.ended && this.err.ended) return 'complete'
    return this.#departure.look(this.out.noise, this.err.noise)
  }
}

function partsOf(input: Script<unknown>['input'] = []): readonly Uint8Array[] {
  const parts = input instanceof Secret ? Buffer.from(input.reveal()) : input
  return parts instanceof Uint8Array ? [parts] : parts
}

function timeout(seconds: number): {passed: Promise<'deadline'>; clear: () => void} {
  const {promise, resolve} = Promise.withResolvers<'deadline'>()
  const timer = afterSeconds(seconds, () => resolve('deadline'))
  return {passed: promise, clear: () => clearTimeout(timer)}
}

/** Why the connection is gone, or undefined while it stands. */
async function reasonOf(lost: Promise<never>, patienceMilliseconds: number): Promise<unknown> {
  return Promise.race([lost.catch((error: unknown) => error), sleep(patienceMilliseconds)])
}
