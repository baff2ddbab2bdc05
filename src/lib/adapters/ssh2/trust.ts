import type {GhaError} from '../../errors/gha-error.ts'
import {type HostName, judgeKey, knownTypes, type PresentedKey} from '../../host/known-hosts.ts'
import {hostKeyError} from '../ssh/host-key-error.ts'
import {readKnownHosts} from '../ssh/read-known-hosts.ts'
import type {ResolvedTarget} from '../ssh/resolved-target.ts'

/** What decides about one hop's host key. */
export interface Trust {
  /** Types of known keys first: a server with several keys must not look changed. */
  readonly algorithms: readonly string[]
  /** Undefined when the key is trusted. */
  judge(blob: Buffer): GhaError | undefined
}

const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

export async function trustOf(target: ResolvedTarget, node: string): Promise<Trust> {
  const known = await readKnownHosts(target.knownHostsFiles)
  const name: HostName = {
    host: target.host,
    port: target.port,
    ...(target.hostKeyAlias === undefined ? {} : {alias: target.hostKeyAlias}),
  }
  return {
    algorithms: preferred(knownTypes(known, name)),
    judge(blob) {
      const key = presentedKey(blob)
      const verdict = judgeKey(known, name, key)
      return verdict === 'trusted' ? undefined : hostKeyError(verdict, {node, name, key, files: target.knownHostsFiles})
    },
  }
}

function preferred(types: readonly string[]): readonly string[] {
  const first = ALGORITHMS.filter(algorithm => types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm))
  return [...new Set([...first, ...ALGORITHMS])]
}

function presentedKey(blob: Buffer): PresentedKey {
  const length = blob.readUInt32BE(0)
  return {type: blob.toString('latin1', 4, 4 + length), key: blob.toString('base64')}
}
