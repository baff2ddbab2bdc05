import {expect, it} from 'vitest'
import type {ProgressEvent, StepName} from '../../../src/lib/rollout/run.ts'
import {RunSoFar} from '../../../src/lib/rollout/run-so-far.ts'

const BEGUN: ProgressEvent = {type: 'run-started', run: 'r1', nodes: ['gf1', 'gf2', 'gf3']}
const step = (node: string, name: StepName): ProgressEvent => ({type: 'step-started', node, step: name, detail: ''})
const done = (node: string): ProgressEvent => ({type: 'node-done', node, milliseconds: 1, drained: false})

function heard(...events: readonly ProgressEvent[]) {
  const soFar = new RunSoFar()
  for (const event of events) soFar.heard(event)
  return {run: soFar.run, nodes: soFar.nodes.map(({node, result}) => `${node} ${result}`)}
}

it('is no run until one has begun', () => {
  expect(heard({type: 'note', text: 'hello'})).toEqual({run: undefined, nodes: []})
})

it('knows who is done, who is under way and who was not begun', () => {
  const events = [BEGUN, step('gf1', 'stage'), step('gf1', 'drain'), done('gf1'), step('gf2', 'may-it-go')]
  expect(heard(...events)).toEqual({run: 'r1', nodes: ['gf1 done', 'gf2 unfinished', 'gf3 not-begun']})
})

it('counts nobody as begun who is only prepared', () => {
  const {nodes} = heard(BEGUN, step('gf1', 'stage'), step('gf2', 'stage'))
  expect(nodes).toEqual(['gf1 not-begun', 'gf2 not-begun', 'gf3 not-begun'])
})

it('takes a node back for unfinished that serves and is taken out again', () => {
  expect(heard(BEGUN, step('gf1', 'undrain'), done('gf1'), step('gf1', 'revert')).nodes[0]).toBe('gf1 unfinished')
})
