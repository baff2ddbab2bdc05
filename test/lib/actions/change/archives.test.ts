import {describe, expect, it} from 'vitest'
import {archivesOf} from '../../../../src/lib/actions/change/archives.ts'
import type {Grafana} from '../../../../src/lib/model/cluster.ts'
import {sha256} from '../../../../src/lib/model/digest.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'

const FOLDER = '/prod/packages'

function archives(names: Readonly<Record<string, string>>, wish: Partial<Grafana> = {}) {
  const grafana = {install: {method: 'apt', source: {type: 'push', directory: FOLDER}}, ...wish} as const
  const files = new MemoryFiles(
    Object.fromEntries(Object.entries(names).map(([name, text]) => [`${FOLDER}/${name}`, text])),
  )
  const found = archivesOf(aCluster({grafana}), files)
  return async (version: string, machine = 'x86_64') => {
    const bytes = await found?.read({version, machine})
    return new TextDecoder().decode(bytes)
  }
}

describe('what is pushed', () => {
  const debs = {
    'grafana_12.1.0_amd64.deb': 'amd',
    'grafana_12.1.0_arm64.deb': 'arm',
    'grafana_12.1.10_amd64.deb': 'ten',
    'grafana-enterprise_12.1.0_amd64.deb': 'enterprise',
    'grafana_12.3.0_18893060694_linux_amd64.deb': 'new name',
  }

  it('is the package of that version for the machine of the node', async () => {
    expect(await archives(debs)('12.1.0')).toBe('amd')
    expect(await archives(debs)('12.1.0', 'aarch64')).toBe('arm')
    expect(await archives(debs)('12.3.0')).toBe('new name')
    expect(await archives(debs, {edition: 'enterprise'})('12.1.0')).toBe('enterprise')
  })

  it('is not a package for another machine', async () => {
    await expect(archives(debs)('12.1.10', 'aarch64')).rejects.toMatchObject({
      code: 'ARCHIVE_MISSING',
      message: `there is no grafana_12.1.10_arm64.deb in ${FOLDER}`,
    })
  })

  it('is a tarball where that is how it is installed', async () => {
    const install = {method: 'tarball', source: {type: 'push', directory: FOLDER}} as const
    const tarballs = {
      'grafana-12.1.0.linux-amd64.tar.gz': 'amd',
      'grafana-12.1.0.linux-arm64.tar.gz': 'arm',
      'grafana_12.3.0_18893060694_linux_arm64.tar.gz': 'new name',
    }
    expect(await archives(tarballs, {install})('12.1.0', 'aarch64')).toBe('arm')
    expect(await archives(tarballs, {install})('12.3.0', 'aarch64')).toBe('new name')
  })

  it('is no tarball for another machine, system or C library, whatever else lies there', async () => {
    const install = {method: 'tarball', source: {type: 'push', directory: FOLDER}} as const
    const downloads = {
      'grafana-12.1.0.linux-amd64-musl.tar.gz': 'musl',
      'grafana-12.1.0.linux-armv6.tar.gz': 'six',
      'grafana-12.1.0.linux-armv7.tar.gz': 'seven',
      'grafana_12.1.0_18893060694_darwin_amd64.tar.gz': 'mac',
    }
    const usual = {...downloads, 'grafana_12.1.0_18893060694_linux_amd64.tar.gz': 'amd'}
    expect(await archives(usual, {install})('12.1.0')).toBe('amd')
    expect(await archives(downloads, {install})('12.1.0')).toBe('musl')
    expect(await archives(downloads, {install})('12.1.0', 'armv7l')).toBe('seven')
    await expect(archives(downloads, {install})('12.1.0', 'aarch64')).rejects.toMatchObject({code: 'ARCHIVE_MISSING'})
  })

  it('is an rpm where dnf installs it, however its name spells the version', async () => {
    const install = {method: 'dnf', source: {type: 'push', directory: FOLDER}} as const
    const rpms = {
      'grafana-12.1.0-1.x86_64.rpm': 'x86',
      'grafana-12.1.0-1.aarch64.rpm': 'arm',
      'grafana-12.1.0+security-01-1.x86_64.rpm': 'security',
      'grafana-12.1.10-1.x86_64.rpm': 'ten',
      'grafana-12.2.0-1.noarch.rpm': 'any',
      'grafana-enterprise-12.1.0-1.x86_64.rpm': 'enterprise',
      'grafana_12.3.0_18893060694_linux_amd64.rpm': 'new name',
      'grafana_12.3.0_18893060694_linux_arm64.rpm': 'new name, arm',
    }
    const find = archives({...rpms, ...debs}, {install})
    expect(await find('12.1.0')).toBe('x86')
    expect(await find('12.1.0', 'aarch64')).toBe('arm')
    expect(await find('12.1.0+security-01')).toBe('security')
    expect(await find('12.2.0', 'aarch64')).toBe('any')
    expect(await find('12.3.0')).toBe('new name')
    expect(await archives(rpms, {install, edition: 'enterprise'})('12.1.0')).toBe('enterprise')
    await expect(find('12.1.10', 'aarch64')).rejects.toMatchObject({
      code: 'ARCHIVE_MISSING',
      message: `there is no grafana-12.1.10-1.aarch64.rpm in ${FOLDER}`,
    })
  })

  it('is compared with the sum beside it', async () => {
    const name = 'grafana_12.1.0_amd64.deb'
    expect(await archives({[name]: 'amd', [`${name}.sha256`]: `${sha256('amd')}  ${name}\n`})('12.1.0')).toBe('amd')
    await expect(archives({[name]: 'amd', [`${name}.sha256`]: sha256('other')})('12.1.0')).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
    })
  })

  it('is nothing where the nodes fetch it themselves', () => {
    expect(archivesOf(aCluster(), new MemoryFiles({}))).toBeUndefined()
  })
})
