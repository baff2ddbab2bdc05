import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {SshConfigs} from '../../src/lib/adapters/ssh/ssh-config.ts'

let folder: string
const before = process.env['PATH']

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-ssh-config-'))
  const program = path.join(folder, 'ssh')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> '${folder}/calls'\nPATH='${before}' exec ssh "$@"\n`)
  chmodSync(program, 0o755)
  process.env['PATH'] = `${folder}:${before}`
})

afterEach(() => {
  process.env['PATH'] = before
  rmSync(folder, {recursive: true})
})

const NAMES = ['10.0.0.11', '10.0.0.12', 'gf3.example', 'GF4', '010.1.1.1', 'fe80:0::1', 'fe80::2', 'gf1']
/** What `gha` needs of `ssh -G`; the rest goes unread. */
const READ = [
  'hostname',
  'port',
  'user',
  'identityfile',
  'proxycommand',
  'proxyjump',
  'hostkeyalias',
  'userknownhostsfile',
]

describe('the ssh configuration', () => {
  const alike = {
    'an empty file': '',
    'settings for every host': 'User ops\nHost *\n  Port 2222\n  IdentityFile ~/.ssh/other\n  HashKnownHosts yes\n',
    'a file that is included': `Include ${'FOLDER'}/more_*\n# Host gf1\n`,
  }
  const apart = {
    'a block for one host': 'Host gf1\n  Port 2022\n',
    'a block written with an equals sign': 'host=gf1\n  port=2022\n',
    'a block in quotes': '"Host" "gf1"\n  Port 2022\n',
    'a block for all but one': 'Host * !gf1\n  Port 2022\n',
    'a block for a pattern': 'Host 10.0.0.*\n  ProxyJump bastion\n',
    'a Match': 'Match host gf1\n  User other\n',
    'a Match of every host': 'Match all\n  User other\n',
    'a token for the host': 'HostKeyAlias %h-key\nProxyCommand nc %h %p\n',
    'a name that is rewritten': 'HostName %h.example\n',
    'an included block': 'Include FOLDER/block\n',
    'a name made canonical': 'CanonicalizeHostname yes\nCanonicalDomains example\nCanonicalizeFallbackLocal yes\n',
  }

  it.each(Object.entries(alike))('is asked once where it says the same of all: %s', async (_, text) => {
    const {calls} = await askEach(text)
    expect(calls.filter(call => / -- (?:10\.|gf)/.test(call))).toEqual([expect.stringContaining('-v -G -- 10.0.0.11')])
  })

  it.each(Object.entries(apart))('is asked for each host where it tells them apart: %s', async (_, text) => {
    const {calls} = await askEach(text)
    expect(calls).toHaveLength(NAMES.length)
  })

  it('is asked anew for another user or port', async () => {
    const configs = configsOf('')
    expect((await configs.of({host: 'a', port: 1})).get('port')).toEqual(['1'])
    expect((await configs.of({host: 'b', port: 2})).get('port')).toEqual(['2'])
    expect((await configs.of({host: 'c', user: 'x', port: 2})).get('user')).toEqual(['x'])
    expect(calls()).toHaveLength(3)
  })

  /** Every host's answer is what ssh says when it is asked for that host alone. */
  async function askEach(text: string): Promise<{calls: readonly string[]}> {
    const configs = configsOf(text)
    const shared = await Promise.all(NAMES.map(host => configs.of({host})))
    const made = calls()
    for (const [index, host] of NAMES.entries()) {
      const alone = await configsOf(text).of({host})
      expect(READ.map(key => [host, key, shared[index]?.get(key)])).toEqual(
        READ.map(key => [host, key, alone.get(key)]),
      )
    }
    return {calls: made}
  }

  function configsOf(text: string): SshConfigs {
    const file = path.join(folder, 'config')
    writeFileSync(file, text.replaceAll('FOLDER', folder))
    writeFileSync(path.join(folder, 'more_one'), 'Compression yes\n')
    writeFileSync(path.join(folder, 'block'), 'Host gf1\n  Port 2022\n')
    return new SshConfigs(file)
  }

  function calls(): readonly string[] {
    return readFileSync(path.join(folder, 'calls'), 'utf8').trimEnd().split('\n')
  }
})
