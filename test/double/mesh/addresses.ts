import {isIP} from 'node:net'
import {networkInterfaces} from 'node:os'
import {splitHost} from '../database/target.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

const EVERYWHERE = new Set(['', '0.0.0.0', '::'])
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/

export function readAddress(text: string, port = '9094'): Address {
  const place = splitHost(text, port)
  return {host: place.host, port: Number(place.port)}
}

/** The address that peers are told: the configured one, the one listened on, or the first private one. */
export function advertised(listen: Address, configured: string): Address {
  if (configured !== '') {
    const address = readAddress(configured)
    if (isIP(address.host) === 0) throw new Error(`failed to parse advertise addr '${address.host}'`)
    return address
  }
  if (!EVERYWHERE.has(listen.host)) return listen
  const own = Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .find(found => found.family === 'IPv4' && PRIVATE.test(found.address))
  if (!own)
    throw new Error("couldn't deduce an advertise address: no private IP found, explicit advertise addr not provided")
  return {host: own.address, port: listen.port}
}
