import {describe, expect, it} from 'vitest'
import {Footprints} from '../../../src/lib/report/cut-short.ts'
import type {StepName} from '../../../src/lib/rollout/run.ts'

describe('a run that is ended from one moment to the next', () => {
  it('says where each node stands', () => {
    const footprints = new Footprints()
    footprints.heed({type: 'run-started', run: 'r1', nodes: ['gf1', 'gf2', 'gf3']})
    for (const node of ['gf1', 'gf2', 'gf3']) {
      footprints.heed({type: 'step-started', node, step: 'stage', detail: ''})
      footprints.heed({type: 'step-done', node, step: 'stage', milliseconds: 1, detail: ''})
    }
    footprints.heed({type: 'step-started', node: 'gf1', step: 'undrain', detail: ''})
    footprints.heed({type: 'node-done', node: 'gf1', milliseconds: 1, drained: false})
    footprints.heed({type: 'step-started', node: 'gf2', step: 'gate', detail: ''})
    const text = footprints.left()
    expect(text).toContain('gf2 was at gate: it may be out of the balancer, and goes back to its old release by itself')
    expect(text).toContain('gf3: not begun, as before.')
    expect(text).not.toContain('gf1')
  })

  it('says what a wish to stop comes to at each moment', () => {
    const footprints = new Footprints()
    const said = [footprints.stopping()]
    const step = (node: string, step: StepName) => footprints.heed({type: 'step-started', node, step, detail: ''})
    const saysAfter = (heed: () => void) => {
      heed()
      said.push(footprints.stopping())
    }
    saysAfter(() => footprints.heed({type: 'run-started', run: 'r1', nodes: ['gf1', 'gf2']}))
    saysAfter(() => step('gf1', 'stage'))
    footprints.heed({type: 'step-done', node: 'gf1', step: 'stage', milliseconds: 1, detail: ''})
    saysAfter(() => step('gf1', 'drain'))
    saysAfter(() => footprints.heed({type: 'node-done', node: 'gf1', milliseconds: 1, drained: true}))
    saysAfter(() => step('gf2', 'gate'))
    saysAfter(() => footprints.heed({type: 'node-done', node: 'gf2', milliseconds: 1, drained: true}))
    saysAfter(() => footprints.heed({type: 'trial-begun', seconds: 60}))
    saysAfter(() => footprints.heed({type: 'run-started', run: 'r2', nodes: ['gf1', 'gf2']}))
    expect(said).toEqual([
      'Stopping before anything is changed',
      'Stopping before the first node is touched',
      'Stopping before the first node is touched',
      'Finishing gf1, then stopping',
      'Stopping before the next node',
      'Finishing gf2, then stopping',
      'Every node is done; stopping after a last look',
      'Ending the trial, and undoing what was tried',
      'Stopping before the first node is touched',
    ])
  })

  it('has touched no node before it begins', () => {
    expect(new Footprints().left()).toContain('No node was touched.')
  })

  it('has touched nothing that runs while it stages', () => {
    const footprints = new Footprints()
    footprints.heed({type: 'run-started', run: 'r1', nodes: ['gf1']})
    footprints.heed({type: 'step-started', node: 'gf1', step: 'stage', detail: ''})
    expect(footprints.left()).toContain('gf1 was at stage: nothing that runs was touched.\ngf1: not begun, as before.')
  })
})
