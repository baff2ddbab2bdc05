import {describe, expect, it} from 'vitest'
import {refuseForeignContainers} from '../../../../src/lib/actions/change/refuse-foreign-containers.ts'
import type {ClusterObservation} from '../../../../src/lib/facts/observe.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import type {Plan, Step} from '../../../../src/lib/plan/plan.ts'
import {aContainer, aNodeObservation} from '../../../support/an-observation.ts'

const restart: Step = {kind: 'activate', seconds: 1}

describe('a change where somebody else makes the container', () => {
  const owned = (owner?: string): ClusterObservation => {
    const container = aContainer(owner ? {owner} : {})
    const service = known({state: 'active', words: 'running', configured: [], container} as const)
    return {at: 0, nodes: [{...aNodeObservation({service}), node: 'gf1'}], balancer: known([])}
  }
  const replaced = (...steps: Step[]): Plan =>
    ({waves: [[{node: 'gf1', steps, release: {files: [{path: '/etc/grafana/grafana.ini'}]}}]]}) as unknown as Plan

  it('is refused before anything is touched', () => {
    expect(() => refuseForeignContainers(owned('docker compose'), replaced(restart))).toThrow(
      expect.objectContaining({code: 'CONTAINER_FOREIGN', exit: 'preflight', node: 'gf1'}),
    )
  })

  it('is refused where the container does not see the plugins of its node', () => {
    const plugins = [{path: '/var/lib/grafana/plugins/clock'}]
    const plan = {waves: [[{node: 'gf1', steps: [restart], release: {files: [], plugins}}]]} as unknown as Plan
    expect(() => refuseForeignContainers(owned(), plan)).toThrow(
      expect.objectContaining({
        code: 'CONTAINER_FOREIGN',
        message: expect.stringContaining('/var/lib/grafana/plugins/clock of the node is not at the same path in it'),
      }),
    )
  })

  it('goes on where nothing is replaced, and where the container is nobody else’s', () => {
    expect(() => refuseForeignContainers(owned('docker compose'), replaced({kind: 'undrain'}))).not.toThrow()
    expect(() => refuseForeignContainers(owned(), replaced(restart))).not.toThrow()
  })
})
