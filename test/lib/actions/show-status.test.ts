import {describe, expect, it} from 'vitest'
import {showStatus, watchStatus} from '../../../src/lib/actions/show-status.ts'
import type {ClusterStatus} from '../../../src/lib/report/status/cluster-status.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {DiallingHost, lookingPorts} from '../../support/fake-cluster-ports.ts'
import {FakeClock, unreachable} from '../../support/fake-ports.ts'
import {NO_MATERIAL} from '../../support/no-material.ts'

const nodes = ['gf1', 'gf2'].map(name => aNode({name, paths: {...aNode().paths, state: '/nowhere'}}))
const look = {cluster: aCluster({grafana: {install: {method: 'none'}}, nodes}), material: NO_MATERIAL}

describe('the status', () => {
  it('shows every node, also one that does not answer', async () => {
    const {nodes: shown} = await showStatus(look, lookingPorts({gf1: new DiallingHost(), gf2: unreachable('gf2')}))
    expect(shown.map(({node, reached}) => [node, reached])).toEqual([
      ['gf1', true],
      ['gf2', false],
    ])
  })

  it('is shown again and again until the signal, at the interval', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const times: number[] = []
    const show = (status: ClusterStatus) => {
      times.push(status.at)
      if (times.length === 3) controller.abort()
    }
    const ports = lookingPorts({gf1: unreachable('gf1'), gf2: unreachable('gf2')}, {clock})
    await watchStatus({look, seconds: 5, show, signal: controller.signal}, ports)
    expect(times.map(at => at - times[0]!)).toEqual([0, 5000, 10_000])
  })
})
