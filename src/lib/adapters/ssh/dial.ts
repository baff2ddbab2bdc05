import type {Duplex} from 'node:stream'
import type {Become} from '../../model/node.ts'
import {type Destination, DialError} from '../../ports/host.ts'
import type {Connection} from './connection.ts'
import {dialByRelay} from './relay.ts'
import type {Sessions} from './sessions.ts'

const SECONDS = 10

export interface Dialler {
  readonly connection: Connection
  readonly sessions: Sessions
  readonly become: Become
}

/**
 * By what the server forwards; by a relay where it forwards nothing, or where a UNIX socket may want more rights
 * than the login user has.
 * @throws DialError
 */
export async function dial(destination: Destination, dialler: Dialler): Promise<Duplex> {
  const {connection, sessions, become} = dialler
  try {
    return await inTime(connection.forward(destination))
  } catch (error) {
    if (!(error instanceof DialError)) throw error
    const relayed = 'socket' in destination || error.failure === 'forbidden' || connection.transport === 'openssh'
    if (!relayed || error.failure === 'timeout') throw error
  }
  const rights = 'socket' in destination ? become : ({method: 'none'} as const)
  return inTime(dialByRelay(destination, {become: rights, open: () => sessions.open('stream'), lost: connection.lost}))
}

async function inTime(dialled: Promise<Duplex>): Promise<Duplex> {
  const {promise, reject} = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new DialError('timeout', `no answer within ${SECONDS} s (timed out)`))
    dialled.then(
      late => late.destroy(),
      () => undefined,
    )
  }, SECONDS * 1000)
  try {
    return await Promise.race([dialled, promise])
  } finally {
    clearTimeout(timer)
  }
}
