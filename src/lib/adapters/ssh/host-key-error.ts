import {createHash} from 'node:crypto'
import {GhaError} from '../../errors/gha-error.ts'
import {type HostName, type KeyVerdict, lookupName, type PresentedKey} from '../../host/known-hosts.ts'
import {quote} from '../../model/script.ts'
import {loginCommand} from './login-command.ts'

const UNSENT = 'Nothing was sent to the host: no key, no password.'
const USE_OPENSSH = 'Set `ssh.transport: openssh` in gha.yaml.'

export interface Presented {
  readonly node: string
  readonly name: HostName
  readonly key: PresentedKey
  readonly files: readonly string[]
}

/** The refusal of a host key: under every setting, before anything was sent. */
export function hostKeyError(verdict: Exclude<KeyVerdict, 'trusted'>, presented: Presented): GhaError {
  const {code, message, hint} = WORDS[verdict](presented)
  return new GhaError(message, {
    code,
    exit: 'authentication',
    node: presented.node,
    unchanged: UNSENT,
    hint,
  })
}

interface Words {
  readonly code: string
  readonly message: string
  readonly hint: string
}

const WORDS: Readonly<Record<Exclude<KeyVerdict, 'trusted'>, (presented: Presented) => Words>> = {
  unknown: presented => ({
    code: 'HOST_KEY_UNKNOWN',
    message: `the host key of ${lookupName(presented.name)} is not known; it presented ${shown(presented.key)}`,
    hint: `Compare the fingerprint with the host's own (\`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` there), then run \`${command(presented)}\` once and accept it.`,
  }),
  changed: presented => ({
    code: 'HOST_KEY_CHANGED',
    message: `the host key of ${lookupName(presented.name)} is not the known one: it presented ${shown(presented.key)}`,
    hint: `Somebody may stand in between. Only if the host was set up anew, forget the old key with \`ssh-keygen -R '${lookupName(presented.name)}'${ofFile(presented)}\`.`,
  }),
  revoked: presented => ({
    code: 'HOST_KEY_REVOKED',
    message: `the host key of ${lookupName(presented.name)} is revoked: ${shown(presented.key)}`,
    hint: 'Do not go on. Give the host a new key and take the old one out of service.',
  }),
  certificate: presented => ({
    code: 'HOST_KEY_CERTIFICATE',
    message: `only a certificate authority is known for ${lookupName(presented.name)}, which this transport cannot check`,
    hint: USE_OPENSSH,
  }),
}

/** The configuration revokes keys in a file that this transport cannot read. */
export function revocationsUnread(node: string, hop: string): GhaError {
  return new GhaError(`the ssh configuration names revoked keys for ${hop}, which this transport cannot read`, {
    code: 'HOST_KEY_REVOCATIONS',
    exit: 'authentication',
    node,
    unchanged: UNSENT,
    hint: USE_OPENSSH,
  })
}

function shown({type, key}: PresentedKey): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')
  return `${type} SHA256:${digest}`
}

function command({name, files}: Presented): string {
  return loginCommand({...name, knownHostsFiles: files})
}

function ofFile({files}: Presented): string {
  return files[0] === undefined ? '' : ` -f ${quote(files[0])}`
}
