import {describe, expect, it} from 'vitest'
import {refuseOtherEdition} from '../../../../src/lib/actions/change/refuse-other-edition.ts'
import type {Package} from '../../../../src/lib/facts/package.ts'
import {known, type Observation, unknown} from '../../../../src/lib/model/observation.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {aNodeObservation} from '../../../support/an-observation.ts'
import {previewOf} from '../../../support/rollout-preview.ts'
import {NEW, RolloutWorld} from '../../../support/rollout-world.ts'

const installed = (name: string) =>
  known({
    installed: {name, text: '12.1.0', version: versionOf('12.1.0'), condition: 'whole' as const},
    restartOnUpgrade: false,
  })

function refuse(edition: 'oss' | 'enterprise', ...packages: readonly Observation<Package>[]): void {
  const nodes = packages.map((each, place) => aNodeObservation({node: `gf${place + 1}`, package: each}))
  refuseOtherEdition(aCluster({grafana: {edition}}), {at: 0, nodes, balancer: known([])})
}

describe('a change of a cluster whose nodes have the other edition', () => {
  it('is refused with what is there, though the versions are the same', () => {
    expect(() => refuse('enterprise', installed('grafana-enterprise'), installed('grafana'))).toThrow(
      expect.objectContaining({
        code: 'EDITION_DIFFERS',
        exit: 'unsupported',
        message: 'gha.yaml wishes grafana-enterprise: gf2 has grafana',
      }),
    )
    expect(() => refuse('oss', installed('grafana-enterprise'))).toThrow('gf1 has grafana-enterprise')
  })

  it.each([
    ['the wished one', installed('grafana')],
    ['a path of a tarball', installed('/usr/share/grafana')],
    ['an image', installed('grafana/grafana-enterprise:12.1.0')],
    ['none', known({restartOnUpgrade: false})],
    ['what nobody can see', unknown('no answer')],
  ])('goes on where a node has %s', (_, seen) => {
    expect(() => refuse('oss', seen)).not.toThrow()
  })

  it('is refused where no version moves', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: NEW})
    Object.assign(world.cluster, {grafana: {...world.cluster.grafana, edition: 'enterprise'}})
    await expect(previewOf(world)).rejects.toMatchObject({code: 'EDITION_DIFFERS'})
  })
})
