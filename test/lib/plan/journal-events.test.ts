import {describe, expect, it} from 'vitest'
import {eventsIn} from '../../../src/lib/plan/journal-events.ts'

const outline = {verb: 'rollout', reason: 'gha rollout', by: 'ann@desk', to: '12.1.0', step: 'none', nodes: ['gf1']}
const started = {at: 1, n: 0, run: 'r1', type: 'run-started', outline}

describe('a journal', () => {
  it('is read line by line', () => {
    const ended = {at: 2, n: 1, run: 'r1', type: 'run-ended', detail: 'done', outcomes: {gf1: 'done'}}
    const staged = {at: 1, n: 2, run: 'r1', type: 'staged', node: 'gf1', releases: {to: 'b'}}
    const events = [started, ended, staged]
    expect(eventsIn(events.map(event => JSON.stringify(event)).join('\n'))).toEqual(events)
  })

  it.each([
    ['was cut', '{"at": 1, "type": "run-st'],
    ['is no object', '[]'],
    ['has a time that is none', JSON.stringify({...started, at: 1e300})],
    ['has no time', JSON.stringify({...started, at: undefined})],
    ['has an outline that is none', JSON.stringify({...started, outline: 5})],
    ['has an outline without nodes', JSON.stringify({...started, outline: {...outline, nodes: undefined}})],
    ['has a detail that is no text', JSON.stringify({...started, detail: {}})],
    ['has outcomes that are none', JSON.stringify({...started, outcomes: null})],
    ['has a time limit that is none', JSON.stringify({...started, until: 'soon'})],
  ])('loses a line that %s, and no other', (_, line) => {
    expect(eventsIn(`${line}\n${JSON.stringify(started)}\n`)).toEqual([started])
  })
})
