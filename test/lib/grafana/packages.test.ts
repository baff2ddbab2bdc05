import {describe, expect, it} from 'vitest'
import {packageName} from '../../../src/lib/grafana/packages.ts'
import {defaultPaths, pathsToSay} from '../../../src/lib/grafana/paths.ts'

describe("Grafana's packages", () => {
  it('are named after the edition', () => {
    expect(packageName('oss')).toBe('grafana')
    expect(packageName('enterprise')).toBe('grafana-enterprise')
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
