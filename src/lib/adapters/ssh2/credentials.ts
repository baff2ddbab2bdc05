import {readFile} from 'node:fs/promises'
import ssh2, {type AnyAuthMethod, type IdentityCallback, type ParsedKey, type PublicKeyEntry} from 'ssh2'
import type {ResolvedTarget} from '../ssh/resolved-target.ts'

/** What a hop is offered, in order, and what could not be offered. */
export interface Credentials {
  readonly methods: readonly AnyAuthMethod[]
  readonly tried: string
  readonly lockedKeys: readonly string[]
}

interface KeyFile {
  readonly path: string
  readonly privateKey?: ParsedKey
  readonly publicKey?: ParsedKey
}

/** Keys of the agent that the configuration names come first, then the agent's others, then key files that the agent does not hold. */
export async function credentialsFor(target: ResolvedTarget): Promise<Credentials> {
  const files = (await Promise.all(target.identityFiles.map(readKey))).filter(file => file !== undefined)
  const held = target.agent === undefined ? [] : await identitiesOf(target.agent)
  const offered = inOrder(held, files, target.identitiesOnly)
  const fromFiles = files.filter(file => !offered.some(key => isSame(key, file)))
  const username = target.user
  return {
    methods: [
      ...(target.agent === undefined || offered.length === 0
        ? []
        : [{type: 'agent' as const, username, agent: new NarrowAgent(target.agent, offered)}]),
      ...fromFiles.flatMap(({privateKey}) =>
        privateKey ? {type: 'publickey' as const, username, key: privateKey} : [],
      ),
    ],
    tried: inWords(offered.length, fromFiles),
    lockedKeys: fromFiles.flatMap(file => (file.privateKey ? [] : file.path)),
  }
}

/** An agent that offers only what the configuration allows. */
class NarrowAgent extends ssh2.OpenSSHAgent {
  readonly #keys: readonly ParsedKey[]

  constructor(socket: string, keys: readonly ParsedKey[]) {
    super(socket)
    this.#keys = keys
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(undefined, [...this.#keys])
  }
}

function inOrder(held: readonly ParsedKey[], files: readonly KeyFile[], identitiesOnly: boolean): readonly ParsedKey[] {
  const named = held.filter(key => files.some(file => isSame(key, file)))
  return identitiesOnly ? named : [...named, ...held.filter(key => !named.includes(key))]
}

function isSame(key: ParsedKey, file: KeyFile): boolean {
  const known = file.privateKey ?? file.publicKey
  return known?.getPublicSSH().equals(key.getPublicSSH()) ?? false
}

function inWords(agentKeys: number, files: readonly KeyFile[]): string {
  const usable = files.filter(file => file.privateKey).map(file => file.path)
  const words = [...(agentKeys === 0 ? [] : [`${agentKeys} of the agent`]), ...usable]
  return words.length === 0 ? 'no key at hand' : words.join(', ')
}

function identitiesOf(socket: string): Promise<readonly ParsedKey[]> {
  return new Promise(resolve => {
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys) => resolve(error || !keys ? [] : keys.filter(isKey)))
  })
}

function isKey(key: ParsedKey | PublicKeyEntry): key is ParsedKey {
  return 'getPublicSSH' in key
}

async function readKey(path: string): Promise<KeyFile | undefined> {
  const [text, publicText] = await Promise.all([contentOf(path), contentOf(`${path}.pub`)])
  if (text === undefined && publicText === undefined) return undefined
  const privateKey = text === undefined ? undefined : parsed(text)
  const publicKey = publicText === undefined ? undefined : parsed(publicText)
  return {path, ...(privateKey ? {privateKey} : {}), ...(publicKey ? {publicKey} : {})}
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function parsed(text: string): ParsedKey | undefined {
  const key = ssh2.utils.parseKey(text)
  if (key instanceof Error) return undefined
  return Array.isArray(key) ? key[0] : key
}
