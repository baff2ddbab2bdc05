import {isIP} from 'node:net'
import type {Duplex} from 'node:stream'
import tls, {type ConnectionOptions, type TLSSocket} from 'node:tls'

const HANDSHAKE_SECONDS = 5

export interface Identity {
  /** The name that the certificate must carry. */
  readonly name: string
  /** PEM; the machine's own roots otherwise. */
  readonly ca?: string
  readonly verify: 'full' | 'chain' | 'nothing'
}

/** TLS over a dialled stream. Rejects unless the peer proved what `verify` asks for. */
export function secured(stream: Duplex, identity: Identity): Promise<TLSSocket> {
  return shakenHands(stream, tlsOptions(identity))
}

/** The same, with options that are made already. */
export function shakenHands(stream: Duplex, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({...options, socket: stream})
    const late = new Error(
      `the TLS handshake did not end within ${HANDSHAKE_SECONDS} s: does the server speak TLS there?`,
    )
    const timer = setTimeout(() => socket.destroy(late), HANDSHAKE_SECONDS * 1000)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(timer)
      reject(new Error('the connection was closed during the TLS handshake'))
    })
  })
}

export function tlsOptions({name, ca, verify}: Identity): ConnectionOptions {
  return {
    host: name,
    ...(isIP(name) === 0 ? {servername: name} : {}),
    ca: ca === undefined ? machineRoots() : [ca],
    rejectUnauthorized: verify !== 'nothing',
    ...(verify === 'full' ? {} : {checkServerIdentity: () => undefined}),
  }
}

function machineRoots(): string[] {
  return [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
}

/** Whether an error tells of TLS itself: a certificate, a name, a protocol. */
export function isTlsError(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return (
    /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HANDSHAKE_|HOSTNAME_)/.test(code) ||
    /\b(SSL|TLS|certificate)\b/i.test(error.message)
  )
}
