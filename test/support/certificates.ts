import {execFileSync} from 'node:child_process'
import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'

export interface Certificates {
  /** PEM of the private authority. */
  readonly ca: string
  readonly caFile: string
  /** PEM of a server certificate for `localhost` and 127.0.0.1. */
  readonly cert: string
  readonly key: string
  readonly folder: string
  readonly certFile: string
  readonly keyFile: string
  remove(): void
}

/** A private certificate authority and one server certificate. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'gha-certificates-'))
  const at = (name: string) => path.join(folder, name)
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, {stdio: 'pipe'})
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-subj',
    '/CN=Test CA',
    '-days',
    '2',
  )
  openssl('req', ...newKey, '-keyout', at('key.pem'), '-out', at('csr.pem'), '-subj', '/CN=localhost')
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const signing = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    at('names'),
  ]
  openssl('x509', '-req', '-in', at('csr.pem'), '-out', at('cert.pem'), ...signing)
  // Servers under test run as users of their own.
  chmodSync(folder, 0o755)
  chmodSync(at('key.pem'), 0o644)
  const read = (name: string) => readFileSync(at(name), 'utf8')
  return {
    ca: read('ca.pem'),
    caFile: at('ca.pem'),
    cert: read('cert.pem'),
    key: read('key.pem'),
    folder,
    certFile: at('cert.pem'),
    keyFile: at('key.pem'),
    remove: () => rmSync(folder, {recursive: true, force: true}),
  }
}
