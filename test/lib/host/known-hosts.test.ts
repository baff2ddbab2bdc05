import {createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {
  type HostName,
  judgeKey,
  type KeyVerdict,
  knownTypes,
  onlyCertificate,
  parseKnownHosts,
} from '../../../src/lib/host/known-hosts.ts'

const ED = 'ssh-ed25519 AAAAed'
const OTHER = 'ssh-ed25519 AAAAother'
const RSA = 'ssh-rsa AAAArsa'
const GF1: HostName = {host: 'gf1', port: 22}
const GF1_AT_2222: HostName = {host: 'gf1', port: 2222}
const V6: HostName = {host: 'fd00::1', port: 22}

function hashed(name: string): string {
  const salt = Buffer.from('twenty bytes of salt')
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hash}`
}

const CASES: readonly (readonly [string, string, HostName, KeyVerdict])[] = [
  ['nothing known', '', GF1, 'unknown'],
  ['a plain name', `gf1 ${ED}`, GF1, 'trusted'],
  ['a plain name with a comment behind', `gf1 ${ED} root@gf1`, GF1, 'trusted'],
  ['tabs between the words', `gf1\tssh-ed25519\tAAAAed`, GF1, 'trusted'],
  ['a carriage return at the end', `gf1 ${ED}\r`, GF1, 'trusted'],
  ['an upper-case name in the file', `GF1 ${ED}`, GF1, 'trusted'],
  ['an upper-case name asked for', `gf1 ${ED}`, {host: 'GF1', port: 22}, 'trusted'],
  ['another name', `gf2 ${ED}`, GF1, 'unknown'],
  ['a name of which it is the beginning', `gf10 ${ED}`, GF1, 'unknown'],
  ['a comment line', `#gf1 ${ED}`, GF1, 'unknown'],
  ['a line cut short', 'gf1 ssh-ed25519', GF1, 'unknown'],
  ['an unknown marker', `@other gf1 ${ED}`, GF1, 'unknown'],
  ['a list', `a,gf1,b ${ED}`, GF1, 'trusted'],
  ['a star', `gf* ${ED}`, GF1, 'trusted'],
  ['a star that matches nothing more', `gf1* ${ED}`, GF1, 'trusted'],
  ['a question mark', `gf? ${ED}`, GF1, 'trusted'],
  ['a question mark too many', `gf1? ${ED}`, GF1, 'unknown'],
  ['a dot, which is only a dot', `g.1 ${ED}`, GF1, 'unknown'],
  ['a star in an address', `10.0.0.* ${ED}`, {host: '10.0.0.11', port: 22}, 'trusted'],
  ['a negation after', `gf*,!gf1 ${ED}`, GF1, 'unknown'],
  ['a negation before', `!gf1,gf* ${ED}`, GF1, 'unknown'],
  ['a negation of another', `gf*,!gf2 ${ED}`, GF1, 'trusted'],
  ['only a negation of another', `!gf2 ${ED}`, GF1, 'unknown'],
  ['a negation in one line and the name in the next', `gf*,!gf1 ${ED}\ngf1 ${ED}`, GF1, 'trusted'],
  ['a name with its port', `[gf1]:2222 ${ED}`, GF1_AT_2222, 'trusted'],
  ['a name with another port', `[gf1]:2223 ${ED}`, GF1_AT_2222, 'unknown'],
  ['a name without the port asked for', `gf1 ${ED}`, GF1_AT_2222, 'trusted'],
  ['another key without the port', `gf1 ${OTHER}`, GF1_AT_2222, 'changed'],
  ['another key with the port, this one without', `[gf1]:2222 ${OTHER}\ngf1 ${ED}`, GF1_AT_2222, 'changed'],
  ['a port where 22 is asked for', `[gf1]:2222 ${ED}`, GF1, 'unknown'],
  ['an IPv6 address', `fd00::1 ${ED}`, V6, 'trusted'],
  ['an IPv6 address with a port', `[fd00::1]:2222 ${ED}`, {host: 'fd00::1', port: 2222}, 'trusted'],
  ['a hashed name', `${hashed('gf1')} ${ED}`, GF1, 'trusted'],
  ['a hashed name with its port', `${hashed('[gf1]:2222')} ${ED}`, GF1_AT_2222, 'trusted'],
  ['another hashed name', `${hashed('gf2')} ${ED}`, GF1, 'unknown'],
  ['a broken hash', `|1|only ${ED}`, GF1, 'unknown'],
  ['a hash of another kind', `|2|YQ==|YQ== ${ED}`, GF1, 'unknown'],
  ['a changed key', `gf1 ${OTHER}`, GF1, 'changed'],
  ['a changed key under a hashed name', `${hashed('gf1')} ${OTHER}`, GF1, 'changed'],
  ['two keys of one type, one of them right', `gf1 ${OTHER}\ngf1 ${ED}`, GF1, 'trusted'],
  ['only a key of another type', `gf1 ${RSA}`, GF1, 'unknown'],
  ['a key of another type beside the right one', `gf1 ${RSA}\ngf1 ${ED}`, GF1, 'trusted'],
  ['a revoked key', `@revoked * ${ED}\ngf1 ${ED}`, GF1, 'revoked'],
  ['a revoked key of another host', `@revoked gf2 ${ED}\ngf1 ${ED}`, GF1, 'trusted'],
  ['another key revoked', `@revoked * ${OTHER}\ngf1 ${ED}`, GF1, 'trusted'],
  ['a key revoked without its port', `@revoked gf1 ${ED}\n[gf1]:2222 ${ED}`, GF1_AT_2222, 'revoked'],
  ['only a certificate authority', `@cert-authority * ${RSA}`, GF1, 'certificate'],
  ['an authority whose own key is presented', `@cert-authority * ${ED}`, GF1, 'certificate'],
  ['a certificate authority and the key', `@cert-authority * ${RSA}\ngf1 ${ED}`, GF1, 'trusted'],
  ['an alias', `the-node ${ED}`, {...GF1_AT_2222, alias: 'the-node'}, 'trusted'],
  ['the name where an alias is set', `gf1 ${ED}`, {...GF1, alias: 'the-node'}, 'unknown'],
]

describe('a presented host key', () => {
  it.each(CASES)('is judged with %s', (...[, file, name, verdict]) => {
    expect(judgeKey(parseKnownHosts(file), name, {type: 'ssh-ed25519', key: 'AAAAed'})).toBe(verdict)
  })
})

describe('the types known for a host', () => {
  it('stand in the order of the file, once each, without authorities and revoked keys', () => {
    const known = parseKnownHosts(`gf1 ${RSA}\ngf1 ${ED}\n* ${OTHER}\n@revoked gf1 x y\n@cert-authority gf1 z y`)
    expect(knownTypes(known, GF1)).toEqual(['ssh-rsa', 'ssh-ed25519'])
  })

  it('are none where only an authority is known, which is told apart', () => {
    const known = parseKnownHosts(`@cert-authority * ${RSA}`)
    expect([knownTypes(known, GF1), onlyCertificate(known, GF1)]).toEqual([[], true])
    expect(onlyCertificate(parseKnownHosts(''), GF1)).toBe(false)
  })
})
