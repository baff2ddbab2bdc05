import {describe, expect, it} from 'vitest'
import type {JournalEvent} from '../../../src/lib/ports/journal.ts'
import {runStories} from '../../../src/lib/rollout/run-stories.ts'

const OUTLINE = {
  verb: 'rollout',
  reason: 'gha rollout',
  by: 'ann@desk',
  to: '12.1.0',
  step: 'none',
  nodes: ['gf1', 'gf2'],
}

/** The lines of a run's journal, a second apart. */
function journal(run: string, ...events: readonly Omit<JournalEvent, 'at' | 'run' | 'n'>[]): string {
  return events.map((event, place) => JSON.stringify({at: place * 1000, run, n: place + 1, ...event})).join('\n')
}

const BEGUN = [
  {type: 'run-started', outline: OUTLINE},
  {type: 'staged', node: 'gf1', releases: {from: 'a', to: 'b'}},
  {type: 'step-started', node: 'gf1', step: 'activate'},
] as const
const STEP_ON = [
  {type: 'step-done', node: 'gf1', step: 'activate'},
  {type: 'step-started', node: 'gf1', step: 'undrain'},
  {type: 'step-done', node: 'gf1', step: 'undrain'},
] as const

describe('the story of a run', () => {
  it('says what is under way, and since when', () => {
    const [story] = runStories([journal('r1', ...BEGUN)])
    expect(story).toMatchObject({
      run: 'r1',
      outline: OUTLINE,
      underWay: [{node: 'gf1', step: 'activate', since: 2000}],
      finished: [],
      swapped: ['gf1'],
    })
    expect(story?.releases.get('gf1')).toEqual({from: 'a', to: 'b'})
    expect(story).not.toHaveProperty('ended')
  })

  it('is told by whoever knows most, and each event once', () => {
    const behind = journal('r1', ...BEGUN)
    const ahead = journal('r1', ...BEGUN, ...STEP_ON)
    for (const texts of [
      [behind, ahead],
      [ahead, behind],
      [ahead, ahead],
    ])
      expect(runStories(texts)).toEqual(runStories([ahead]))
    expect(runStories([ahead])[0]).toMatchObject({underWay: [], finished: ['gf1']})
  })

  it('counts a node that failed as none that has finished, although it went back into the balancer', () => {
    const [failed, ...rest] = [{type: 'step-failed', node: 'gf1', step: 'activate'} as const, ...STEP_ON.slice(1)]
    expect(runStories([journal('r1', ...BEGUN, failed, ...rest)])[0]).toMatchObject({underWay: [], finished: []})
  })

  it('counts a node that went back as none that has finished, although no step of its own failed', () => {
    const events = (['stop', 'revert', 'undrain'] as const).map(
      step => ({type: 'step-done', node: 'gf1', step}) as const,
    )
    expect(runStories([journal('r1', ...BEGUN, ...events)])[0]).toMatchObject({finished: []})
  })

  it('goes on in the order of its events, however they arrived', () => {
    const lines = journal('r1', ...BEGUN, ...STEP_ON).split('\n')
    expect(runStories([lines.toReversed().join('\n')])).toEqual(runStories([lines.join('\n')]))
  })

  it('is paused until it was resumed', () => {
    const paused = [...BEGUN, ...STEP_ON, {type: 'paused', detail: 'by bob@lap'} as const]
    expect(runStories([journal('r1', ...paused)])[0]?.paused).toEqual({since: 6000, detail: 'by bob@lap'})
    expect(runStories([journal('r1', ...paused, {type: 'resumed'})])[0]).not.toHaveProperty('paused')
  })

  it('ends with what came of it', () => {
    const end = {type: 'run-ended', detail: 'partial', outcomes: {gf1: 'done', gf2: 'held-out'}} as const
    expect(runStories([journal('r1', ...BEGUN, end)])[0]).toMatchObject({
      underWay: [],
      ended: {at: 3000, result: 'partial', outcomes: {gf1: 'done', gf2: 'held-out'}},
    })
  })

  it('stands before those of older runs, whatever half a line there is', () => {
    const texts = [journal('20261119T1-a', ...BEGUN), `${journal('20261120T1-b', ...BEGUN)}\n{"at":1,"ru`]
    expect(runStories(texts).map(({run}) => run)).toEqual(['20261120T1-b', '20261119T1-a'])
  })
})
