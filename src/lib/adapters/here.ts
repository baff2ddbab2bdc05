import {once} from 'node:events'
import net from 'node:net'
import type {Duplex} from 'node:stream'
import {type Destination, DialError, type DialFailure} from '../ports/host.ts'

const SECONDS = 5

const FAILURES: Readonly<Record<string, DialFailure>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
}

/** A stream from this machine, as any client here would open it. @throws DialError */
export async function dialFromHere(destination: Destination): Promise<Duplex> {
  const socket = net.connect('socket' in destination ? {path: destination.socket} : destination)
  const late = new DialError('timeout', `no answer within ${SECONDS} s`)
  const timer = setTimeout(() => socket.destroy(late), SECONDS * 1000)
  try {
    await once(socket, 'connect')
    return socket.setNoDelay(true)
  } catch (error) {
    socket.destroy()
    throw error instanceof DialError ? error : dialError(error as NodeJS.ErrnoException)
  } finally {
    clearTimeout(timer)
  }
}

/** Where a name has several addresses the error of all of them has a code, but no words. */
function dialError({code = '', message}: NodeJS.ErrnoException): DialError {
  return new DialError(FAILURES[code] ?? 'failed', message || code)
}
