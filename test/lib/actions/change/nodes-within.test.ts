import {describe, expect, it} from 'vitest'
import {nodesWithin} from '../../../../src/lib/actions/change/nodes-within.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'

const cluster = aCluster({
  nodes: [aNode({name: 'web1', zone: 'a'}), aNode({name: 'web2', zone: 'b'}), aNode({name: 'gf.1', zone: 'b'})],
})

describe('--limit', () => {
  it.each([
    [['web1'], ['web1']],
    [
      ['web1', 'gf.1'],
      ['web1', 'gf.1'],
    ],
    [['web*'], ['web1', 'web2']],
    [['*1'], ['web1', 'gf.1']],
    [['zone=b'], ['web2', 'gf.1']],
    [
      ['zone=b', 'web2'],
      ['web2', 'gf.1'],
    ],
  ])('%j means %j', (words, names) => {
    expect([...nodesWithin(cluster, words)]).toEqual(names)
  })

  it.each(['web3', 'zone=c', 'gf1', 'gf-1', 'WEB1'])('refuses %s, which means nobody', word => {
    expect(() => nodesWithin(cluster, ['web1', word])).toThrow(
      expect.objectContaining({exit: 'usage', message: expect.stringContaining(`--limit ${word} means no node`)}),
    )
  })
})
