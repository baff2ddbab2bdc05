import {describe, expect, it} from 'vitest'
import {eachFact, NODE_FACTS} from '../../../src/lib/facts/node-facts.ts'
import {nodeScript} from '../../../src/lib/facts/node-script.ts'
import {unknown} from '../../../src/lib/model/observation.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'

describe('the facts of a node', () => {
  it('are asked in the order of the list', () => {
    const asked = {cluster: aCluster(), node: aNode(), files: []}
    const {text} = nodeScript(Object.values(NODE_FACTS), asked)
    const places = Object.values(NODE_FACTS).map(fact => text.indexOf(fact.ask(asked)))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
  })

  it('are all seen, each under its name', () => {
    expect(Object.keys(eachFact(() => unknown('nobody looked')))).toEqual(Object.keys(NODE_FACTS))
  })
})
