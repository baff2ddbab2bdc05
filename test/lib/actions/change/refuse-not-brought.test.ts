import {describe, expect, it} from 'vitest'
import {refuseNotBrought} from '../../../../src/lib/actions/change/refuse-not-brought.ts'
import type {ClusterObservation} from '../../../../src/lib/facts/observe.ts'
import type {Package} from '../../../../src/lib/facts/package.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import type {Plan, Step} from '../../../../src/lib/plan/plan.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {aNodeObservation} from '../../../support/an-observation.ts'

const BROUGHT = aCluster({grafana: {install: {method: 'none'}}})
const restart: Step = {kind: 'activate', seconds: 1}

const there = (text: string): Package => {
  const installed = {name: '/usr/share/grafana', text, version: versionOf(text), condition: 'whole'} as const
  return {installed, byOthers: true, restartOnUpgrade: false}
}
const NOTHING_SEEN: Package = {byOthers: true, restartOnUpgrade: false}

function seen(...packages: readonly Package[]): ClusterObservation {
  const nodes = packages.map((each, index) => ({...aNodeObservation({package: known(each)}), node: `gf${index + 1}`}))
  return {at: 0, nodes, balancer: known([])}
}

/** A plan for 12.1.1 on so many nodes. */
const plan = (count: number, ...steps: Step[]): Plan =>
  ({
    waves: Array.from({length: count}, (_, index) => [
      {node: `gf${index + 1}`, steps, release: {version: versionOf('12.1.1')}},
    ]),
  }) as unknown as Plan

describe('a change of a Grafana that somebody else brings', () => {
  it('is refused while another version lies on a node, with what is there and what is wished', () => {
    expect(() =>
      refuseNotBrought(BROUGHT, seen(there('12.1.0'), there('12.1.1'), there('12.0.0')), plan(3, restart)),
    ).toThrow(
      expect.objectContaining({
        code: 'PACKAGE_NOT_BROUGHT',
        exit: 'preflight',
        message:
          'nobody has brought the Grafana that is wished: gf1 has 12.1.0, not 12.1.1; gf3 has 12.0.0, not 12.1.1',
        unchanged: 'Nothing was changed.',
        hint: expect.stringMatching(/bring that version .* then run the same command again\.$/),
      }),
    )
  })

  it.each([
    ['lies there', seen(there('12.1.1'))],
    ['cannot be seen, as on the host of a container', seen(NOTHING_SEEN)],
  ])('goes on where the version that is wished %s', (_where, observation) => {
    expect(() => refuseNotBrought(BROUGHT, observation, plan(1, restart))).not.toThrow()
  })

  it('looks only at nodes that are started again', () => {
    expect(() => refuseNotBrought(BROUGHT, seen(there('12.1.0')), plan(1, {kind: 'undrain'}))).not.toThrow()
    expect(() => refuseNotBrought(BROUGHT, seen(there('12.1.1'), there('12.1.0')), plan(1, restart))).not.toThrow()
  })

  it('is never refused so where gha installs', () => {
    expect(() => refuseNotBrought(aCluster(), seen(there('12.1.0')), plan(1, restart))).not.toThrow()
  })
})
