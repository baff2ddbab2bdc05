import {readFile} from 'node:fs/promises'
import {userInfo} from 'node:os'
import path from 'node:path'
import {given} from '../../model/given.ts'
import {exists} from '../exists.ts'
import type {ResolvedTarget} from './resolved-target.ts'
import type {SshConfig, SshConfigs} from './ssh-config.ts'

const DEFAULT_KEYS = ['id_rsa', 'id_ecdsa', 'id_ed25519', 'id_xmss', 'id_dsa']

/** Settings that no code here follows: who may be trusted, from where, and with which key. */
const ONLY_OPENSSH = [
  'ProxyCommand',
  'PKCS11Provider',
  'CertificateFile',
  'KnownHostsCommand',
  'RevokedHostKeys',
  'BindAddress',
  'BindInterface',
]

/** What of a target one hop needs. */
export interface Hop {
  readonly host: string
  readonly port?: number | undefined
  readonly user?: string | undefined
  readonly identityFile?: string | undefined
  readonly knownHostsFile?: string | undefined
}

/** How the system's ssh would reach a hop; without it, ssh's own defaults. */
export async function resolveTarget(hop: Hop, configs: SshConfigs): Promise<ResolvedTarget> {
  const config = await configs.of(hop)
  const one = (key: string) => config.get(key)?.[0]
  const identityFiles = hop.identityFile === undefined ? identitiesOf(config) : [expand(hop.identityFile)]
  const alias = one('hostkeyalias')
  const jump = one('proxyjump')
  const agent = agentOf(one('identityagent'))
  const beyond = await beyondSsh2(config, identityFiles)
  return {
    given: hop.host,
    host: one('hostname') ?? hop.host,
    port: Number(one('port') ?? hop.port ?? 22),
    user: one('user') ?? hop.user ?? userInfo().username,
    knownHostsFiles: hop.knownHostsFile === undefined ? knownHostsOf(config) : [expand(hop.knownHostsFile)],
    identityFiles,
    identitiesOnly: hop.identityFile !== undefined || one('identitiesonly') === 'yes',
    ...(alias === undefined ? {} : {hostKeyAlias: alias}),
    ...given({agent}),
    ...(jump === undefined || jump === 'none' ? {} : {proxyJump: jump}),
    ...(isSet(config, 'RevokedHostKeys') ? {revocations: true} : {}),
    ...(beyond === undefined ? {} : {beyondSsh2: beyond}),
  }
}

function identitiesOf(config: SshConfig): readonly string[] {
  const named = config.get('identityfile')
  return (named ?? DEFAULT_KEYS.map(name => `~/.ssh/${name}`)).map(expand)
}

function knownHostsOf(config: SshConfig): readonly string[] {
  const user = config.get('userknownhostsfile')?.[0] ?? '~/.ssh/known_hosts ~/.ssh/known_hosts2'
  const system = config.get('globalknownhostsfile')?.[0] ?? '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2'
  return `${user} ${system}`
    .split(' ')
    .filter(file => file !== '' && file !== 'none')
    .map(expand)
}

function agentOf(named: string | undefined): string | undefined {
  if (named === 'none') return undefined
  if (named === undefined || named === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK']
  return named.startsWith('$') ? process.env[named.slice(1)] : expand(named)
}

/** Names only what was set for this host: `ssh -G` lists defaults too. */
async function beyondSsh2(config: SshConfig, identityFiles: readonly string[]): Promise<string | undefined> {
  const only = ONLY_OPENSSH.find(name => isSet(config, name))
  if (only !== undefined) return only
  for (const file of identityFiles) {
    if (await exists(`${file}-cert.pub`)) return `the certificate ${file}-cert.pub`
    if (await isHardwareKey(file)) return `the hardware key ${file}`
  }
  return undefined
}

function isSet(config: SshConfig, name: string): boolean {
  return config.get(name.toLowerCase())?.some(value => value !== 'none') ?? false
}

async function isHardwareKey(file: string): Promise<boolean> {
  if (path.basename(file).endsWith('_sk') && (await exists(file))) return true
  const publicKey = await readFile(`${file}.pub`, 'utf8').catch(() => '')
  return publicKey.startsWith('sk-')
}

function expand(file: string): string {
  return file === '~' || file.startsWith('~/') ? path.join(userInfo().homedir, file.slice(1)) : file
}
