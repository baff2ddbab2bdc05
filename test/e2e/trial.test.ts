import {describe, expect, it} from 'vitest'
import {OLD, trialCluster} from '../support/trial-cluster.ts'

describe('a rollout on trial', () => {
  const {gha, onTrial, versions} = trialCluster()

  it('goes back when nobody confirms it in time', async () => {
    const {ended} = await onTrial('gf1', '3s')
    const {code, stderr} = await ended
    expect(code, stderr).toBe(9)
    expect(stderr).toContain('It was on trial and is undone: nobody confirmed it in time.')
    expect(await versions()).toEqual([OLD, OLD, OLD])
    const {runs} = JSON.parse((await gha('rollout', 'history', '-o', 'json')).stdout)
    expect(runs.slice(0, 2)).toMatchObject([
      {result: 'done', verb: 'undo'},
      {result: 'unconfirmed', verb: 'rollout'},
    ])
  })
})
