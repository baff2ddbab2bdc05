import {globSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {CHECKS} from '../../../src/lib/checks/registry.ts'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {OLD_RELEASE_CHECKS, recover, STAY_AWAY} from '../../../src/lib/rollout/recover.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aTurn, ObedientBalancer} from '../../support/a-run.ts'
import {ShamNode} from '../../support/sham-node.ts'

const lost = (node: string) => new GhaError('the connection was lost', {code: 'HOST_LOST', exit: 'partial', node})

describe('a turn that failed', () => {
  it('leaves a node alone whose last script has no known end', async () => {
    const balancer = new ObedientBalancer({gf1: 'drain'})
    const node = aNode({name: 'gf1', balancerName: 'gf1'})
    const turn = aTurn({cluster: aCluster({nodes: [node]}), node, balancer})
    await expect(recover(turn, {kind: 'drain', timeoutSeconds: 1}, lost('gf1'))).resolves.toEqual({
      state: 'held-out',
      reason: 'the connection was lost',
    })
    expect(balancer.told).toEqual([])
  })

  it('judges an old release only by checks that are in the registry', () => {
    const ids = CHECKS.map(({id}) => id)
    expect(ids).toEqual(expect.arrayContaining([...OLD_RELEASE_CHECKS]))
  })

  it('stays away for codes that are thrown somewhere', () => {
    const sources = globSync('src/**/*.ts').filter(file => !file.endsWith('recover.ts'))
    const text = sources.map(file => readFileSync(file, 'utf8')).join('\n')
    expect([...STAY_AWAY].filter(code => !text.includes(`'${code}'`))).toEqual([])
  })

  it('says of a node that was out before that it is held out, not that all is as before', async () => {
    const sham = new ShamNode()
    try {
      const node = aNode({name: 'gf1', paths: {...aNode().paths, state: sham.state}})
      const cluster = aCluster({nodes: [node], grafana: {install: {method: 'none'}}})
      const turn = aTurn({cluster, node, hosts: {gf1: sham.host}})
      const refused = new GhaError('no', {code: 'SCRIPT_FAILED', exit: 'bug', node: 'gf1'})
      await expect(recover(turn, {kind: 'arm', seconds: 1}, refused)).resolves.toEqual({
        state: 'held-out',
        reason: 'it was out before this run',
      })
    } finally {
      sham.remove()
    }
  })
})
