import {describe, expect, it} from 'vitest'
import {lockStatusText} from '../../../../src/lib/report/runs/lock-status.ts'
import {runHistoryDocument, runHistoryText} from '../../../../src/lib/report/runs/run-history.ts'
import {runStatusDocument, runStatusText} from '../../../../src/lib/report/runs/run-status.ts'
import type {RunsSeen} from '../../../../src/lib/report/runs/runs-seen.ts'
import {runsExit} from '../../../../src/lib/report/runs/silent-nodes.ts'
import type {RunStory} from '../../../../src/lib/rollout/run-stories.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const PLAIN = {colour: false}

const story = (wish: Partial<RunStory> = {}): RunStory => ({
  run: 'r7',
  outline: {
    verb: 'rollout',
    reason: 'gha rollout --to 12.1.1',
    by: 'ann@desk',
    from: '12.1.0',
    to: '12.1.1',
    step: 'none',
    nodes: ['gf1', 'gf2', 'gf3'],
  },
  startedAt: NOW - 90_000,
  lastAt: NOW - 5000,
  underWay: [{node: 'gf2', step: 'gate', since: NOW - 12_000}],
  finished: ['gf1'],
  releases: new Map(),
  swapped: ['gf1', 'gf2'],
  ...wish,
})
const lock = (ageSeconds: number): RunsSeen['locks'][number] => ({
  node: 'gf1',
  generation: 3,
  ageSeconds,
  stale: ageSeconds >= 60,
  holder: {
    run: 'r7',
    owner: 'ann',
    hostname: 'desk',
    pid: 42,
    bootId: 'b',
    reason: 'gha rollout --to 12.1.1',
    since: NOW - 90_000,
  },
})
const seen = (wish: Partial<RunsSeen> = {}): RunsSeen => ({
  cluster: 'prod',
  at: NOW,
  stories: [story()],
  locks: [lock(4)],
  silent: [],
  ...wish,
})

describe('the run under way', () => {
  it('is shown with its holder, its node, its step and since when', () => {
    expect(runStatusText(seen(), PLAIN)).toBe(
      [
        'Run r7 is under way.',
        '  for      gha rollout --to 12.1.1',
        '  by       ann@desk, process 42, renewed 4s ago',
        '  started  1m 30s ago',
        '  now      gf2: gate, begun 12s ago',
        '  done     gf1',
        '  waiting  gf3',
      ].join('\n'),
    )
    expect(runStatusDocument(seen())).toMatchObject({
      type: 'rollout-status',
      underWay: true,
      holder: {run: 'r7', nodes: ['gf1'], renewedSecondsAgo: 4},
      run: {result: 'under way', underWay: [{node: 'gf2', step: 'gate', since: '2026-11-20T11:59:48.000Z'}]},
    })
  })

  it('shows that it was asked to pause, and that it is paused', () => {
    const request = {run: 'r7', wish: 'pause', number: 1, by: 'bob@lap', reason: 'lunch', at: NOW} as const
    expect(runStatusText(seen({request}), PLAIN)).toContain('  asked    to pause by bob@lap: lunch')
    expect(runStatusDocument(seen({request}))).toMatchObject({run: {result: 'pausing'}})
    const paused = story({underWay: [], paused: {since: NOW - 60_000, detail: 'by bob@lap: lunch'}})
    expect(runStatusText(seen({request, stories: [paused]}), PLAIN)).toContain('  paused   1m ago by bob@lap: lunch')
    expect(runStatusDocument(seen({request, stories: [paused]}))).toMatchObject({run: {result: 'paused'}})
  })

  it('is cut when nobody renews its lock any more', () => {
    expect(runStatusText(seen({locks: [lock(300)]}), PLAIN)).toContain(
      'Run r7 was cut: its lock was last renewed 5m ago.',
    )
    expect(runStatusDocument(seen({locks: [lock(300)]}))).toMatchObject({underWay: false, run: {result: 'cut'}})
  })

  it('may be cut where its lock was not renewed in time, but for less than a minute', () => {
    expect(runStatusText(seen({locks: [lock(25)]}), PLAIN)).toMatch(/^Run r7 is under way\.$/m)
    expect(runStatusText(seen({locks: [lock(26)]}), PLAIN)).toContain(
      'Run r7 is under way, or was cut less than a minute ago: its lock was last renewed 26s ago.',
    )
  })

  it('is cut at once where its process is known to be gone', () => {
    expect(runStatusText(seen({locks: [{...lock(3), stale: true}]}), PLAIN)).toContain(
      'Run r7 was cut, its process is gone: its lock was last renewed 3s ago.',
    )
  })

  it('gives way to how the last one ended', () => {
    const ended = story({underWay: [], ended: {at: NOW - 30_000, result: 'done', outcomes: {}}})
    const text = runStatusText(seen({locks: [], stories: [ended]}), PLAIN)
    expect(text).toContain('prod: no run is under way.\nThe last run was r7: done.')
    expect(text).toContain('started  1m 30s ago, ended 30s ago')
  })

  it('may be unknown where a node does not answer', () => {
    const silent = [{node: 'gf3', reason: 'no answer from port 22'}]
    expect(runStatusText(seen({silent}), PLAIN)).toContain('gf3 could not be asked: no answer from port 22')
    const unknown = seen({silent, locks: [], stories: []})
    expect([runStatusText, lockStatusText, runHistoryText].map(text => text(unknown, PLAIN).split('\n')[0])).toEqual([
      'prod: no run is under way, as far as nodes could be asked.',
      'prod: nobody holds the lock, as far as nodes could be asked.',
      'prod: no run is remembered, as far as nodes could be asked.',
    ])
    expect([runsExit(seen({silent})), runsExit(seen())]).toEqual(['partial', 'ok'])
  })
})

describe('past runs', () => {
  it('stand with result, duration and versions', () => {
    const ended = story({run: 'r6', underWay: [], ended: {at: NOW - 10_000, result: 'reverted', outcomes: {}}})
    const stories = [story(), ended]
    const lines = runHistoryText(seen({stories, locks: []}), PLAIN).split('\n')
    expect(lines[1]).toMatch(/^r7 +2026-11-20 11:58:30 UTC +cut +1m 25s +12.1.0 → 12.1.1 +1\/3 /)
    expect(lines[2]).toMatch(/^r6 .* reverted +1m 20s .* ann@desk {2}gha rollout --to 12.1.1$/)
    expect(runHistoryDocument(seen({stories}))).toMatchObject({
      runs: [
        {run: 'r7', result: 'under way'},
        {run: 'r6', result: 'reverted', seconds: 80},
      ],
    })
  })
})

describe('the lock', () => {
  it('is shown with what breaks it', () => {
    const text = lockStatusText(seen(), PLAIN)
    expect(text).toContain('ann@desk, process 42')
    expect(text).toContain('gha lock break r7')
    expect(lockStatusText(seen({locks: []}), PLAIN)).toBe('prod: nobody holds the lock.')
  })
})
