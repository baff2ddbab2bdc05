import {createHmac, timingSafeEqual} from 'node:crypto'

/** One usable line of a known_hosts file. */
export interface KnownHost {
  readonly marker: 'none' | 'revoked' | 'cert-authority'
  readonly patterns: string
  /** `ssh-ed25519` */
  readonly type: string
  /** base64 */
  readonly key: string
}

/** What the known_hosts files say about a presented key. `certificate`: only a certificate authority is known. */
export type KeyVerdict = 'trusted' | 'unknown' | 'changed' | 'revoked' | 'certificate'

export interface HostName {
  readonly host: string
  readonly port: number
  /** `HostKeyAlias`: the only name looked up, without a port. */
  readonly alias?: string
}

export interface PresentedKey {
  readonly type: string
  readonly key: string
}

export function parseKnownHosts(text: string): readonly KnownHost[] {
  return text.split('\n').flatMap(line => parseLine(line.trim()) ?? [])
}

export function judgeKey(known: readonly KnownHost[], name: HostName, presented: PresentedKey): KeyVerdict {
  const about = entriesFor(known, name)
  const same = (entry: KnownHost) => entry.type === presented.type && entry.key === presented.key
  if (known.some(entry => entry.marker === 'revoked' && same(entry) && matchesAny(entry, lookupNames(name))))
    return 'revoked'
  const plain = about.filter(entry => entry.marker === 'none')
  if (plain.some(same)) return 'trusted'
  if (plain.some(entry => entry.type === presented.type)) return 'changed'
  return plain.length === 0 && about.some(entry => entry.marker === 'cert-authority') ? 'certificate' : 'unknown'
}

/** The key types known for a host, in the order of the files: these are negotiated first, or a host looks changed that is not. */
export function knownTypes(known: readonly KnownHost[], name: HostName): readonly string[] {
  return [...new Set(entriesFor(known, name).flatMap(entry => (entry.marker === 'none' ? entry.type : [])))]
}

/** True when a certificate authority is all that is known of the host. */
export function onlyCertificate(known: readonly KnownHost[], name: HostName): boolean {
  const about = entriesFor(known, name)
  return about.length > 0 && about.every(entry => entry.marker === 'cert-authority')
}

/** The first name as OpenSSH looks it up, as its messages and `ssh-keyscan` show it. */
export function lookupName(name: HostName): string {
  return lookupNames(name)[0] ?? name.host
}

/** A host that is not known with its port may be known without. */
function entriesFor(known: readonly KnownHost[], name: HostName): readonly KnownHost[] {
  for (const wanted of lookupNames(name)) {
    const found = known.filter(entry => entry.marker !== 'revoked' && matches(entry.patterns, wanted))
    if (found.length > 0) return found
  }
  return []
}

function lookupNames({host, port, alias}: HostName): readonly string[] {
  if (alias !== undefined) return [alias.toLowerCase()]
  const plain = host.toLowerCase()
  return port === 22 ? [plain] : [`[${plain}]:${port}`, plain]
}

function matchesAny(entry: KnownHost, names: readonly string[]): boolean {
  return names.some(name => matches(entry.patterns, name))
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) return matchesHash(patterns, name)
  const list = patterns.toLowerCase().split(',')
  if (list.some(pattern => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name))) return false
  return list.some(pattern => matchesPattern(pattern, name))
}

function matchesHash(patterns: string, name: string): boolean {
  const [salt, hash] = patterns.split('|').slice(2)
  if (!salt || !hash) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`).test(name)
}

function parseLine(line: string): KnownHost | undefined {
  if (line === '' || line.startsWith('#')) return undefined
  const words = line.split(/[ \t]+/)
  const marker = markerOf(words[0] ?? '')
  if (marker === undefined) return undefined
  const [patterns, type, key] = marker === 'none' ? words : words.slice(1)
  return patterns && type && key ? {marker, patterns, type, key} : undefined
}

function markerOf(word: string): KnownHost['marker'] | undefined {
  if (!word.startsWith('@')) return 'none'
  if (word === '@revoked') return 'revoked'
  return word === '@cert-authority' ? 'cert-authority' : undefined
}
