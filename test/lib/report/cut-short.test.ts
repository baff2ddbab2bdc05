import {describe, expect, it} from 'vitest'
import {Footprints} from '../../../src/lib/report/cut-short.ts'

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

  it('has touched nothing that runs while it stages', () => {
    const footprints = new Footprints()
    footprints.heed({type: 'run-started', run: 'r1', nodes: ['gf1']})
    footprints.heed({type: 'step-started', node: 'gf1', step: 'stage', detail: ''})
    expect(footprints.left()).toContain('gf1 was at stage: nothing that runs was touched.\ngf1: not begun, as before.')
  })
})
