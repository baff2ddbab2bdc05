import {describe, expect, it} from 'vitest'
import {
  conflictingPackage,
  grafanaCommand,
  imageTag,
  packageName,
  packageSpec,
} from '../../../src/lib/grafana/packages.ts'
import {defaultPaths, pathsToSay} from '../../../src/lib/grafana/paths.ts'
import {versionOf} from '../../../src/lib/model/version.ts'

const version = versionOf('12.0.2+security-01')

describe("Grafana's packages", () => {
  it('are named after the edition, and exclude each other', () => {
    expect(packageName('oss')).toBe('grafana')
    expect(packageName('enterprise')).toBe('grafana-enterprise')
    expect(conflictingPackage('oss')).toBe('grafana-enterprise')
  })

  it('spell a version as their package manager does', () => {
    expect(packageSpec({edition: 'oss', version}, 'apt')).toBe('grafana=12.0.2-01')
    expect(packageSpec({edition: 'oss', version: versionOf('12.1.0')}, 'dnf')).toBe('grafana-12.1.0-1')
    expect(imageTag(version)).toBe('12.0.2-security-01')
  })

  it('have one binary from 9.4 on', () => {
    expect(grafanaCommand(versionOf('9.3.9'), 'cli')).toEqual(['grafana-cli'])
    expect(grafanaCommand(versionOf('9.4.0'), 'cli')).toEqual(['grafana', 'cli'])
  })

  it('start Grafana on other paths than a tarball', () => {
    expect(defaultPaths('apt').config).toBe('/etc/grafana/grafana.ini')
    const paths = {...defaultPaths('tarball', {home: '/srv/gf1'}), state: '/s'}
    expect(paths.config).toBe('/srv/gf1/conf/custom.ini')
    expect(pathsToSay('tarball', paths)).toEqual(['data', 'logs', 'plugins', 'provisioning'])
    expect(pathsToSay('apt', {...defaultPaths('apt'), state: '/s'})).toEqual([])
    expect(pathsToSay('apt', {...defaultPaths('apt'), data: '/srv/data', state: '/s'})).toEqual(['data'])
  })
})
