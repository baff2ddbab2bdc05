import {expect, it} from 'vitest'
import {wishPace} from '../../../../src/lib/actions/change/wish-pace.ts'
import {aCluster} from '../../../support/a-cluster.ts'

it('puts the pace of the command line over that of the file', () => {
  const cluster = aCluster()
  expect(wishPace(cluster, {canary: 'gf2', maxFailed: 1}).rollout).toEqual({
    ...cluster.rollout,
    canary: 'gf2',
    maxFailed: 1,
  })
  expect(wishPace(cluster, {}).rollout).toEqual(cluster.rollout)
})

it('refuses a canary that is no node', () => {
  expect(() => wishPace(aCluster(), {canary: 'gf9'})).toThrow(expect.objectContaining({exit: 'usage'}))
})
