import {describe, expect, it} from 'vitest'
import {skipHooks} from '../../../src/lib/actions/change/skip-hooks.ts'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import type {Hooks} from '../../../src/lib/model/hook.ts'
import type {HookEnd} from '../../../src/lib/ports/hook-programs.ts'
import {callHook, sceneOf} from '../../../src/lib/rollout/call-hook.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import type {NodeOutcome} from '../../../src/lib/rollout/node-outcome.ts'
import {RolloutHooks} from '../../../src/lib/rollout/rollout-hooks.ts'
import type {ProgressEvent, Run} from '../../../src/lib/rollout/run.ts'
import {aHook} from '../../support/a-hook.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {OLD, RolloutWorld} from '../../support/rollout-world.ts'

const BAD: HookEnd = {how: 'exited', code: 7}
const ALL: Hooks = {
  preNode: aHook(),
  preDrain: aHook(),
  postDrain: aHook({onFailure: 'warn'}),
  postNode: aHook({onFailure: 'warn'}),
}

function worldWith(hooks: Hooks, nodes: readonly string[] = ['gf1', 'gf2']): RolloutWorld {
  return new RolloutWorld(Object.fromEntries(nodes.map(name => [name, OLD])), {}, {hooks})
}

async function rollout(world: RolloutWorld, given: Partial<Run> = {}): Promise<readonly NodeOutcome[]> {
  return execute(world.run(await planFor(world), given))
}

const results = (outcomes: readonly NodeOutcome[]) => outcomes.map(({node, result}) => `${node} ${result}`)

/** The hooks' outcomes as they were told: `gf1 postNode done`. */
const told = (world: RolloutWorld) =>
  world.hooksRun.map(({environment: {GHA_NODE: node, GHA_HOOK: hook, GHA_OUTCOME: outcome = ''}}) =>
    `${node} ${hook} ${outcome}`.trim(),
  )

describe('hooks of a rollout', () => {
  it('run around the turn of each node and its drain', async () => {
    const world = worldWith(ALL, ['gf1', 'gf2'])
    await rollout(world)
    const turn = ['hook preNode', 'arm', 'hook preDrain', 'drain', 'out', 'hook postDrain']
    const rest = ['activate', 'let the dead man count', 'disarm', 'in', 'mark as serving', 'hook postNode']
    expect(world.effects).toEqual(['gf1', 'gf2'].flatMap(name => [...turn, ...rest].map(what => `${name} ${what}`)))
    expect(told(world).filter(text => text.includes('postNode'))).toEqual(['gf1 postNode done', 'gf2 postNode done'])
    expect(world.journal).toContain('gf1 hook-done preDrain')
  })

  it('that took their time are followed by another look at the others before the drain', async () => {
    const world = worldWith({preNode: aHook()}, ['gf1', 'gf2', 'gf3'])
    world.hookEnds = () => {
      world.machine('gf3').server = 'down'
      void world.clock.sleep(60_000)
      return {how: 'exited', code: 0}
    }
    expect((await rollout(world))[0]).toMatchObject({
      step: 'drain',
      error: {code: 'NOT_SAFE_TO_DRAIN'},
      aftermath: {state: 'restored'},
    })
    expect(world.effects).not.toContain('gf1 drain')
  })

  it('are told of the cluster, the run, the node and the versions', async () => {
    const world = worldWith({preNode: aHook({argv: ['./silence', 'a b']})}, ['gf1', 'gf2'])
    await rollout(world)
    expect(world.hooksRun[0]).toMatchObject({argv: ['./silence', 'a b'], folder: '/work-on', deadlineSeconds: 60})
    expect(world.hooksRun[0]?.environment).toEqual({
      GHA_HOOK: 'preNode',
      GHA_CLUSTER: 'prod',
      GHA_CONFIG: '/work-on/gha.yaml',
      GHA_VERB: 'rollout',
      GHA_RUN_ID: 'r1',
      GHA_FROM: '12.0.0',
      GHA_TO: '12.1.0',
      GHA_VERSION_STEP: 'additive',
      GHA_NODES: 'gf1 gf2',
      GHA_NODE: 'gf1',
      GHA_ADDRESS: '10.0.0.11',
      GHA_PORT: '3000',
      GHA_SERVER: 'gf1',
    })
  })

  it('are given no variable that holds a secret of the cluster', async () => {
    const world = worldWith({preNode: aHook()}, ['gf1', 'gf2'])
    await rollout(world)
    const [order] = world.hooksRun
    expect(['db-password', 'test-secret-key', 'x=admin-password;'].map(text => order?.isSecret(text))).toEqual([
      true,
      true,
      true,
    ])
    expect(order?.isSecret('/usr/bin')).toBe(false)
    for (const {environment} of world.hooksRun) expect(JSON.stringify(environment)).not.toMatch(/password|secret-key/)
  })

  it('say nothing secret, on the terminal and in the journal', async () => {
    const world = worldWith({preNode: aHook({argv: ['./tell', 'db-password']})}, ['gf1', 'gf2'])
    world.hookEnds = () => {
      world.hooksRun.at(-1)?.onLine('the password is db-password')
      return BAD
    }
    const heard: (ProgressEvent | object)[] = []
    const [outcome] = await rollout(world, {
      progress: event => heard.push(event),
      journal: {append: async event => void heard.push(event)},
    })
    expect(JSON.stringify(heard)).toContain('the password is [secret]')
    expect(JSON.stringify([heard, (outcome as {error: Error}).error.message])).not.toContain('db-password')
    expect(heard).toContainEqual({
      type: 'hook-failed',
      node: 'gf1',
      hook: 'preNode',
      detail: './tell [secret] ended with exit code 7: the password is [secret]',
    })
  })

  it('show no more than anybody reads', async () => {
    const world = worldWith({preNode: aHook()}, ['gf1', 'gf2'])
    world.hookEnds = () => {
      for (let line = 0; line < 10_000; line++) world.hooksRun.at(-1)?.onLine(`line ${line}`)
      return {how: 'exited', code: 0}
    }
    const heard: ProgressEvent[] = []
    await rollout(world, {progress: event => heard.push(event)})
    const said = heard.filter(({type, ...rest}) => type === 'hook-said' && 'node' in rest && rest.node === 'gf1')
    expect(said).toHaveLength(400)
  })

  it('say no more of a long line than anybody reads, and nothing secret at its cut', async () => {
    const world = worldWith({preNode: aHook()}, ['gf1', 'gf2'])
    world.hookEnds = () => {
      for (const line of ['x'.repeat(1000), `${'x'.repeat(995)}db-password`, 'y'.repeat(70_000)])
        world.hooksRun.at(-1)?.onLine(line)
      return BAD
    }
    const [outcome] = await rollout(world)
    const {message} = (outcome as {error: Error}).error
    const said = ['x'.repeat(1000), `${'x'.repeat(995)}[secr…`, `${'y'.repeat(1000)}…`].join(' ')
    expect(message).toBe(`./hook ended with exit code 7: ${said}`)
  })

  it('are all left out when the operator says so', async () => {
    const world = worldWith(ALL)
    const outcomes = await rollout(world, {cluster: skipHooks(world.cluster)})
    expect(results(outcomes)).toEqual(['gf1 done', 'gf2 done'])
    expect(world.hooksRun).toEqual([])
  })

  it('stand in the time that the dead man is given', async () => {
    const armed = async (hooks: Hooks) => {
      const [first] = (await planFor(worldWith(hooks))).waves.flat()
      return first?.steps.flatMap(step => (step.kind === 'arm' ? [step.seconds] : []))[0] ?? 0
    }
    const drains = {preDrain: aHook({deadlineSeconds: 100}), postDrain: aHook({deadlineSeconds: 20})}
    expect(await armed(drains)).toBe((await armed({})) + 120)
  })
})

describe('a hook that fails', () => {
  const failing = (hooks: Hooks, bad: string) => {
    const world = worldWith(hooks)
    world.hookEnds = (hook, node) => (`${node} ${hook}` === bad ? BAD : {how: 'exited', code: 0})
    return world
  }

  it('before a node keeps its turn from beginning, and the run ends', async () => {
    const world = failing(ALL, 'gf1 preNode')
    const outcomes = await rollout(world)
    expect(results(outcomes)).toEqual(['gf1 failed', 'gf2 not-begun'])
    expect(outcomes[0]).toMatchObject({
      step: 'preNode',
      error: {code: 'HOOK_FAILED', message: './hook ended with exit code 7'},
      aftermath: {state: 'restored'},
    })
    expect(world.effects).toEqual(['gf1 hook preNode'])
  })

  it('before the drain leaves the node in that cannot be given back: nobody took it out', async () => {
    const world = failing(ALL, 'gf2 preDrain')
    const inner = world.before
    world.before = effect => {
      inner(effect)
      if (effect === 'gf2 disarm') throw new GhaError('no', {code: 'SCRIPT_FAILED', exit: 'bug', node: 'gf2'})
    }
    expect((await rollout(world))[1]).toMatchObject({step: 'preDrain', aftermath: {state: 'left-in', reason: 'no'}})
    expect(world.machine('gf2').server).toBe('in')
  })

  it('before the drain gives the node back as it was', async () => {
    const world = failing(ALL, 'gf2 preDrain')
    const outcomes = await rollout(world)
    expect(outcomes[1]).toMatchObject({step: 'preDrain', aftermath: {state: 'restored'}})
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in'])
    expect(world.effects).not.toContain('gf2 drain')
    expect(told(world).at(-1)).toBe('gf2 postNode restored')
  })

  it('after the drain is only said, unless it is to stop: then the node goes back in', async () => {
    const warned = failing(ALL, 'gf1 postDrain')
    expect(results(await rollout(warned))).toEqual(['gf1 done', 'gf2 done'])
    expect(warned.journal).toContain('gf1 hook-failed postDrain')
    const stopped = failing({...ALL, postDrain: aHook()}, 'gf1 postDrain')
    expect((await rollout(stopped))[0]).toMatchObject({step: 'postDrain', aftermath: {state: 'restored'}})
    expect(stopped.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in'])
  })

  it('after a node leaves it serving, and stops the run where it is to', async () => {
    const warned = failing(ALL, 'gf1 postNode')
    expect(results(await rollout(warned))).toEqual(['gf1 done', 'gf2 done'])
    const stopped = failing({postNode: aHook()}, 'gf1 postNode')
    const outcomes = await rollout(stopped)
    expect(results(outcomes)).toEqual(['gf1 failed', 'gf2 not-begun'])
    expect(outcomes[0]).toMatchObject({step: 'postNode', aftermath: {state: 'kept'}})
    expect(stopped.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in'])
  })

  it.each<[HookEnd, string]>([
    [{how: 'late'}, './hook did not end within 60 s and was ended'],
    [{how: 'killed', signal: 'SIGSEGV'}, './hook was ended by SIGSEGV'],
    [{how: 'not-started', reason: 'there is no such program'}, './hook could not start: there is no such program'],
  ])('says how: %j', async (end, message) => {
    const world = worldWith({preNode: aHook()})
    world.hookEnds = () => end
    expect((await rollout(world))[0]).toMatchObject({error: {message}})
  })

  it('is not asked again on the way back: a node that failed is restored, and its hook told so', async () => {
    const world = worldWith(ALL)
    world.sick = (node, version) => node === 'gf1' && version !== OLD
    world.hookEnds = hook => (hook === 'postNode' ? BAD : {how: 'exited', code: 0})
    const outcomes = await rollout(world)
    expect(outcomes[0]).toMatchObject({step: 'gate', aftermath: {state: 'restored'}})
    expect(told(world)).toEqual(['gf1 preNode', 'gf1 preDrain', 'gf1 postDrain', 'gf1 postNode restored'])
  })
})

describe('a run that is to stop while a hook runs', () => {
  it('does not begin the node that the hook was for, and tells the hook that closes it', async () => {
    const world = worldWith(ALL)
    let stop = false
    world.hookEnds = () => {
      stop = true
      return {how: 'exited', code: 0}
    }
    const outcomes = await rollout(world, {stopRequested: () => stop})
    expect(results(outcomes)).toEqual(['gf1 not-begun', 'gf2 not-begun'])
    expect(told(world)).toEqual(['gf1 preNode', 'gf1 postNode not-begun'])
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in'])
  })

  it('finishes the node that was begun', async () => {
    const world = worldWith(ALL)
    let stop = false
    world.hookEnds = hook => {
      stop ||= hook === 'preDrain'
      return {how: 'exited', code: 0}
    }
    expect(results(await rollout(world, {stopRequested: () => stop}))).toEqual(['gf1 done', 'gf2 not-begun'])
  })
})

describe('a run that has lost its lock', () => {
  it('runs no hook before a node', async () => {
    const world = worldWith(ALL)
    const run = world.run(await planFor(world))
    let lost: string | undefined
    world.before = effect => {
      if (effect === 'gf1 arm') lost = 'another run took the lock over'
    }
    const [outcome] = await execute({...run, lock: {...run.lock, lost: () => lost}})
    expect(told(world).filter(text => text.includes('preDrain'))).toEqual([])
    expect(outcome).toMatchObject({step: 'preDrain', aftermath: {state: 'left-in', reason: lost}})
  })
})

describe('in a maintenance window', () => {
  it('a node has one turn: its hooks run once', async () => {
    const world = new RolloutWorld(
      {gf1: '12.3.0', gf2: '12.3.0'},
      {},
      {range: {old: '12.3.0', new: '12.4.0'}, hooks: {preNode: aHook(), postNode: aHook({onFailure: 'warn'})}},
    )
    const outcomes = await rollout(world)
    expect(results(outcomes)).toEqual(['gf1 done', 'gf2 done'])
    expect(told(world)).toEqual(['gf2 preNode', 'gf1 preNode', 'gf1 postNode done', 'gf2 postNode done'])
  })

  it('what opened is closed, although the writer never began, and a node that was not stopped is not started again', async () => {
    const world = new RolloutWorld(
      {gf1: '12.3.0', gf2: '12.3.0', gf3: '12.3.0'},
      {},
      {range: {old: '12.3.0', new: '12.4.0'}, hooks: {preNode: aHook(), postNode: aHook({onFailure: 'warn'})}},
    )
    world.hookEnds = (hook, node) => (`${node} ${hook}` === 'gf2 preNode' ? BAD : {how: 'exited', code: 0})
    await rollout(world)
    expect(told(world).filter(text => text.includes('postNode'))).toEqual(['gf3 postNode restored'])
    expect(world.effects.filter(effect => effect.startsWith('gf2'))).toEqual(['gf2 hook preNode'])
    expect(world.seen()).toEqual(['gf1 12.3.0 in', 'gf2 12.3.0 in', 'gf3 12.3.0 in'])
  })
})

describe('hooks of a whole run', () => {
  const scene = (world: RolloutWorld, plan: Run['plan']) => sceneOf(world.run(plan))

  it('close what was opened with the outcome, once', async () => {
    const world = worldWith({preRollout: aHook(), postRollout: aHook()})
    const hooks = new RolloutHooks(scene(world, await planFor(world)))
    await hooks.open()
    await hooks.close('partial')
    await hooks.close('failed')
    expect(told(world)).toEqual(['undefined preRollout', 'undefined postRollout partial'])
  })

  it('end a run before it begins, and then nothing is closed', async () => {
    const world = worldWith({preRollout: aHook(), postRollout: aHook()})
    world.hookEnds = () => BAD
    const hooks = new RolloutHooks(scene(world, await planFor(world)))
    await expect(hooks.open()).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      exit: 'preflight',
      unchanged: 'Nothing was changed.',
    })
    await hooks.close('failed')
    expect(told(world)).toEqual(['undefined preRollout'])
  })

  it('know no run before there is one', async () => {
    const world = worldWith({preConnect: aHook()})
    const {cluster, ports} = world.run({} as Run['plan'])
    await callHook({cluster, ports, calledFor: 'undo', progress: () => undefined}, {hook: 'preConnect'})
    expect(Object.keys(world.hooksRun[0]?.environment ?? {})).toEqual([
      'GHA_HOOK',
      'GHA_CLUSTER',
      'GHA_CONFIG',
      'GHA_VERB',
    ])
    expect(world.hooksRun[0]?.environment['GHA_VERB']).toBe('undo')
  })
})
