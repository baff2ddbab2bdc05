import {describe, expect, it} from 'vitest'
import {checkCluster} from '../../../src/lib/actions/check-cluster.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {DiallingHost, lookingPorts} from '../../support/fake-cluster-ports.ts'
import {unreachable} from '../../support/fake-ports.ts'
import {NO_MATERIAL} from '../../support/no-material.ts'

const cluster = aCluster({
  grafana: {install: {method: 'none'}},
  nodes: ['gf1', 'gf2'].map(name =>
    aNode({
      name,
      paths: {...aNode().paths, home: '/nowhere/grafana', config: '/nowhere/grafana.ini', state: '/nowhere'},
    }),
  ),
})

const check = (hosts: Parameters<typeof lookingPorts>[0], only: readonly string[] = []) =>
  checkCluster({cluster, material: NO_MATERIAL, only}, lookingPorts(hosts))

describe('checking a cluster', () => {
  it('judges every node by one script on it', async () => {
    const hosts = {gf1: new DiallingHost('gf1'), gf2: new DiallingHost('gf2')}
    const findings = await check(hosts)
    expect([hosts.gf1.ran, hosts.gf2.ran]).toEqual([['observe'], ['observe']])
    const of = (id: string) => findings.filter(({check: name}) => name === id).map(({status}) => status)
    expect(of('ssh/reachable')).toEqual(['passed', 'passed'])
    expect(of('host/clock')).toEqual(['passed', 'passed'])
    expect(of('database/login')).toEqual(['passed', 'passed'])
    expect(of('mesh/ports')).toEqual(['passed', 'passed'])
    expect(of('config/unmanaged')).toEqual(['passed', 'passed'])
    expect(of('grafana/health')).toEqual(['skipped', 'skipped'])
  })

  it('judges only what was asked for', async () => {
    const findings = await check({gf1: new DiallingHost('gf1'), gf2: unreachable('gf2')}, ['ssh/reachable'])
    expect(findings.map(({node, status}) => `${node} ${status}`)).toEqual(['gf1 passed', 'gf2 failed'])
  })

  it('refuses a name that fits no check before anybody is asked', async () => {
    await expect(check({}, ['nothing'])).rejects.toMatchObject({code: 'CHECK_UNKNOWN', exit: 'usage'})
  })
})
