import {describe, expect, it} from 'vitest'
import {Footprints} from '../../../src/lib/report/cut-short.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import type {ProgressEvent, StepName} from '../../../src/lib/rollout/run.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {RolloutWorld} from '../../support/rollout-world.ts'

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
    footprints.heed({type: 'dead-man', node: 'gf2', is: 'armed'})
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

interface Cut {
  /** On this one the new version is unhealthy. */
  readonly sick?: string
  readonly from: string
  readonly to: string
  readonly autoRevert?: boolean
}

/** What is said at each step of a whole run: `gf1 gate` → the words on gf1. */
async function saidAtEachStep({from, to, sick, autoRevert = true}: Cut) {
  const names = ['gf1', 'gf2', 'gf3']
  const world = new RolloutWorld(
    Object.fromEntries(names.map(name => [name, from])),
    {autoRevert},
    {range: {old: from, new: to}},
  )
  world.sick = (node, version) => node === sick && version === to
  const footprints = new Footprints()
  footprints.heed({type: 'run-started', run: 'r1', nodes: names})
  const said = new Map<string, string>()
  const stopping = new Map<string, string>()
  const progress = (event: ProgressEvent) => {
    footprints.heed(event)
    if (event.type !== 'step-started' && event.type !== 'dead-man') return
    const step = event.type === 'step-started' ? event.step : `dead man ${event.is}`
    said.set(`${event.node} ${step}`, footprints.left())
    stopping.set(`${event.node} ${step}`, footprints.stopping())
  }
  await execute(world.run(await planFor(world), {progress}))
  const lineOn = (node: string, text = '') => text.split('\n').find(line => line.startsWith(`${node} was`)) ?? ''
  const at = (moment: string, node = moment.slice(0, 3)) => lineOn(node, said.get(moment))
  return {at, stopping, end: footprints.left()}
}

describe('a node of a run that is ended at once', () => {
  it('is said to go back where its dead man counts', async () => {
    const {at} = await saidAtEachStep({from: '12.1.0', to: '12.1.1'})
    expect(at('gf1 arm')).toBe('gf1 was at arm: it is as before.')
    expect(at('gf1 gate')).toContain('goes back to its old release by itself when its time is over')
    expect(at('gf1 undrain')).toBe('gf1 was at undrain: it runs its new release, and may be out of the balancer.')
  })

  it('is said to be given back once it failed, and nothing once that is done', async () => {
    const {at, end} = await saidAtEachStep({from: '12.1.0', to: '12.1.1', sick: 'gf1'})
    expect(at('gf1 revert')).toContain('it was going back to its old release, and may be out of the balancer')
    expect(at('gf1 undrain')).toContain('gf1 was at undrain: it was being given back as it was')
    expect(end).not.toContain('gf1')
  })

  it('is said to stay where gha.yaml says that nobody goes back', async () => {
    const {at} = await saidAtEachStep({from: '12.1.0', to: '12.1.1', autoRevert: false})
    expect(at('gf1 gate')).toBe(
      'gf1 was at gate: it may be out of the balancer, and stays as it is: nothing puts its old release back by itself.',
    )
  })

  it('is said to stay while it may migrate, and to go back after that', async () => {
    const {at} = await saidAtEachStep({from: '12.1.0', to: '12.2.0'})
    expect(at('gf1 gate')).toContain('stays on its new release, which may migrate')
    expect(at('gf1 dead man armed')).toMatch(/^gf1 was at gate: .* goes back to its old release by itself/)
  })

  it('is said to stay, and its peers to stay stopped, in a maintenance window', async () => {
    const {at, stopping} = await saidAtEachStep({from: '12.3.0', to: '12.4.0'})
    const stopped = 'it may be out of the balancer and stopped, and stays so, also over a reboot.'
    expect(at('gf1 gate')).toContain('stays as it is')
    expect(at('gf1 gate', 'gf2')).toBe(`gf2 was at stop: ${stopped}`)
    expect(at('gf3 arm')).toMatch(/^gf3 was at (arm|stop): /)
    expect(at('gf3 activate')).toContain('nothing puts its old release back')
    expect(stopping.get('gf3 stop')).toBe('Starting gf2, gf3 again, then stopping')
    expect(stopping.get('gf1 gate')).toBe('Finishing gf2, gf3, gf1, then stopping')
  })
})
