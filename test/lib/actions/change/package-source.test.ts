import {describe, expect, it} from 'vitest'
import {packageSourceOf} from '../../../../src/lib/actions/change/package-source.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'

const clusterWith = (key: string, method: 'apt' | 'dnf' = 'apt') =>
  aCluster({
    grafana: {
      install: {
        method,
        source: {type: 'url', url: 'https://apt.grafana.com', suite: 'stable', components: ['main'], key},
      },
    },
  })
const files = new MemoryFiles({
  '/prod/key.asc': '-----BEGIN PGP PUBLIC KEY BLOCK-----\n',
  '/prod/key.gpg': '\u0098binary',
  '/prod/secret.asc': '-----BEGIN PGP PRIVATE KEY BLOCK-----\n',
})

describe('where packages come from', () => {
  it('is written to the node with the key it must be signed with', async () => {
    const text = await packageSourceOf(clusterWith('/prod/key.asc'), files)
    expect(text).toContain('Types: deb\nURIs: https://apt.grafana.com\nSuites: stable\nComponents: main\nSigned-By: ')
  })

  it('is a repository that dnf asks for gha alone, and only packages with that signature', async () => {
    const text = await packageSourceOf(clusterWith('/prod/key.asc', 'dnf'), files)
    expect(text).toContain('baseurl=https://apt.grafana.com\nenabled=0\ngpgcheck=1\n')
    expect(await packageSourceOf(clusterWith('https://apt.grafana.com/gpg.key', 'dnf'), files)).toContain('curl ')
  })

  it('refuses for rpm a key that is not armored', async () => {
    await expect(packageSourceOf(clusterWith('/prod/key.gpg', 'dnf'), files)).rejects.toMatchObject({
      code: 'REPOSITORY_KEY',
      hint: expect.stringContaining('armored, as rpm reads it'),
    })
  })

  it('lets the node fetch a key that is a URL', async () => {
    const text = await packageSourceOf(clusterWith('https://apt.grafana.com/gpg.key'), files)
    expect(text).toContain('apt-helper download-file https://apt.grafana.com/gpg.key')
  })

  it.each([['/prod/secret.asc'], ['/prod/nowhere.asc']])('refuses %s, which is no public key', async key => {
    await expect(packageSourceOf(clusterWith(key), files)).rejects.toMatchObject({code: 'REPOSITORY_KEY'})
  })

  it('is taken from the node again when the file names no repository', async () => {
    expect(await packageSourceOf(aCluster(), files)).toMatch(/rm -f \S+gha-grafana\.sources/)
    const install = {method: 'dnf', source: {type: 'node-repo'}} as const
    expect(await packageSourceOf(aCluster({grafana: {install}}), files)).toMatch(/rm -f \S+gha-grafana\.repo/)
  })
})
