import {describe, expect, it} from 'vitest'
import {type Draining, drainNode} from '../../../../src/lib/actions/drain/drain-node.ts'
import {undrainNode} from '../../../../src/lib/actions/drain/undrain-node.ts'
import {GhaError} from '../../../../src/lib/errors/gha-error.ts'
import {unreachable} from '../../../support/fake-ports.ts'
import {type Machine, OLD, RolloutWorld} from '../../../support/rollout-world.ts'

const THREE = {gf1: OLD, gf2: OLD, gf3: OLD}
const RECORD = 'by=ann@desk\nreason=new disk\nforSeconds=1800\n'

function asking(world: RolloutWorld, name: string, wish: Partial<Draining> = {}): Draining {
  return {
    cluster: world.cluster,
    name,
    for: '30m',
    why: 'new disk',
    dryRun: false,
    lockWaitSeconds: 0,
    reason: `gha drain ${name}`,
    confirm: async () => true,
    stopRequested: () => false,
    say: () => undefined,
    begins: () => undefined,
    ...wish,
  }
}

/** A world in which Ann has drained gf2. */
function drainedWorld(): RolloutWorld {
  const world = new RolloutWorld(THREE)
  Object.assign(world.machine('gf2'), {server: 'out', drained: RECORD})
  return world
}

/** What a command gets while that node is dead. */
function without(world: RolloutWorld, dead: string): RolloutWorld['ports'] {
  const {hosts} = world.ports
  const connect: typeof hosts.connect = async (name, target) => {
    if (name === dead) throw unreachable(name)
    return hosts.connect(name, target)
  }
  return {...world.ports, hosts: {...hosts, connect}}
}

/** Long enough for another run to take the lock. */
function sleepLong(world: RolloutWorld): void {
  world.taken = true
  void world.clock.sleep(120_000)
}

describe('draining a node', () => {
  it('says on the node who did it before the balancer is told', async () => {
    const world = new RolloutWorld(THREE)
    expect(await drainNode(asking(world, 'gf2'), world.ports)).toMatchObject({result: 'drained', node: 'gf2'})
    expect(world.effects).toEqual(['gf2 mark as drained', 'gf2 drain', 'gf2 out'])
    expect(world.machine('gf2').drained).toBe(RECORD)
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 out drained', 'gf3 12.0.0 in'])
  })

  it('is refused while another node cannot be reached', async () => {
    const world = new RolloutWorld(THREE)
    await expect(drainNode(asking(world, 'gf2'), without(world, 'gf3'))).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      node: 'gf3',
    })
    expect(world.effects).toEqual([])
  })

  it('is refused while another node does not serve', async () => {
    const world = new RolloutWorld(THREE)
    world.machine('gf3').server = 'down'
    await expect(drainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject({code: 'NOT_SAFE_TO_DRAIN'})
    expect(world.effects).toEqual([])
  })

  it('is given up after Ctrl-C, asked or not, as long as nothing has begun', async () => {
    const world = new RolloutWorld(THREE)
    let stop = false
    const begun: string[] = []
    const request = asking(world, 'gf2', {
      stopRequested: () => stop,
      begins: () => begun.push('drain'),
      confirm: async () => {
        stop = true
        return true
      },
    })
    expect(await drainNode(request, world.ports)).toMatchObject({result: 'declined'})
    const never = async () => Promise.reject(new Error('unexpected question'))
    expect(await drainNode({...request, confirm: never}, world.ports)).toMatchObject({result: 'declined'})
    expect([world.effects, begun]).toEqual([[], []])
    stop = false
    await drainNode({...request, confirm: async () => true}, world.ports)
    expect(begun).toEqual(['drain'])
  })

  it('is refused where another node serves no more when a script that was at work there has ended', async () => {
    const world = new RolloutWorld(THREE)
    world.before = effect => {
      if (effect !== 'gf2 mark as drained' || world.machine('gf3').server === 'down') return
      world.machine('gf3').server = 'down'
      throw new GhaError('busy', {code: 'HOST_BUSY', exit: 'locked'})
    }
    const refusal = {code: 'NOT_SAFE_TO_DRAIN', exit: 'preflight'}
    await expect(drainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject(refusal)
    expect(world.effects).not.toContain('gf2 drain')
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 down'])
  })

  it('is refused of a second node', async () => {
    const world = drainedWorld()
    await expect(drainNode(asking(world, 'gf1'), world.ports)).rejects.toMatchObject({code: 'NOT_SAFE_TO_DRAIN'})
  })

  it('gives one that is drained already new words and more time', async () => {
    const world = drainedWorld()
    await drainNode(asking(world, 'gf2', {for: '2h', why: 'slow courier'}), world.ports)
    expect(world.machine('gf2').drained).toBe('by=ann@desk\nreason=slow courier\nforSeconds=7200\n')
  })

  it('is refused for a node that a run holds out', async () => {
    const world = new RolloutWorld(THREE)
    Object.assign(world.machine('gf2'), {server: 'out', out: 'r7'})
    await expect(drainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject({code: 'NODE_HELD_OUT'})
    await expect(undrainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject({code: 'NODE_HELD_OUT'})
  })

  it('brings the node back when the balancer does not do what it is told', async () => {
    const world = new RolloutWorld(THREE)
    world.before = effect => {
      if (effect === 'gf2 out') throw new Error('the socket is gone')
    }
    await expect(drainNode(asking(world, 'gf2'), world.ports)).rejects.toThrow('the socket is gone')
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
  })

  it.each([
    ['drained already', {server: 'out', drained: RECORD}, 'gf2 12.0.0 out drained'],
    ['drained at a balancer that has forgotten it', {server: 'down', drained: RECORD}, 'gf2 12.0.0 down drained'],
    ['taken out by hand at the balancer', {server: 'out'}, 'gf2 12.0.0 out'],
    ['drained by hand at the balancer', {server: 'drain'}, 'gf2 12.0.0 drain'],
  ] as const)('brings back no node that was %s', async (_how, machine, seen) => {
    const world = new RolloutWorld(THREE)
    Object.assign(world.machine('gf2'), machine)
    world.before = effect => {
      if (effect === 'gf2 drain') throw new Error('the socket is gone')
    }
    const request = asking(world, 'gf2', {for: '2h', why: 'slow courier'})
    await expect(drainNode(request, world.ports)).rejects.toThrow('the socket is gone')
    expect(world.effects).toEqual([])
    expect(world.seen()[1]).toBe(seen)
    expect(world.machine('gf2').drained).toBe('drained' in machine ? RECORD : undefined)
  })

  it('says that a node is neither drained nor back when both fail', async () => {
    const world = new RolloutWorld(THREE)
    const silent = new GhaError('no answer', {code: 'HOST_UNREACHABLE', exit: 'preflight', node: 'lb2'})
    world.before = effect => {
      if (effect === 'gf2 out' || effect === 'gf2 in') throw silent
    }
    await expect(drainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject({
      code: 'NOT_BROUGHT_BACK',
      exit: 'partial',
      node: 'gf2',
      message: 'no answer (lb2); and it could not be brought back: no answer (lb2)',
      hint: expect.stringContaining('`gha undrain gf2`'),
      cause: silent,
    })
    expect(world.seen()[1]).toBe('gf2 12.0.0 drain drained')
  })

  it('leaves the node to the run that has the lock now', async () => {
    const world = new RolloutWorld(THREE)
    world.before = effect => {
      if (effect === 'gf2 drain') sleepLong(world)
    }
    const said: string[] = []
    const request = asking(world, 'gf2', {say: text => said.push(text)})
    await expect(drainNode(request, world.ports)).rejects.toMatchObject({code: 'LOCK_LOST', exit: 'partial'})
    expect(world.effects).toEqual(['gf2 mark as drained', 'gf2 drain'])
    expect(said).toEqual(['gf2: draining, for up to 30 s'])
  })

  it('says that it was half way where another run took over while a forgotten drain was told again', async () => {
    const world = drainedWorld()
    world.machine('gf2').server = 'in'
    world.before = effect => {
      if (effect === 'gf2 drain') sleepLong(world)
    }
    const taken = {code: 'LOCK_LOST', exit: 'partial'}
    await expect(drainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject(taken)
    expect(world.seen()[1]).toBe('gf2 12.0.0 drain drained')
  })

  it.each([
    ['before anything is changed', {world: new RolloutWorld(THREE), exit: 'locked', effects: []}],
    ['half way', {world: drainedWorld(), exit: 'partial', effects: ['gf2 drain', 'gf2 out']}],
  ])('says whether another run took over %s', async (_when, {world, exit, effects}) => {
    const fenced = new GhaError('a newer run has taken this host over', {code: 'FENCED', exit: 'locked', hint: 'Look.'})
    world.before = effect => {
      if (effect === 'gf2 mark as drained') throw fenced
    }
    await expect(drainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject({code: 'FENCED', exit})
    expect(world.effects).toEqual(effects)
  })

  it('changes nothing in a dry run, or when the answer is no', async () => {
    for (const wish of [{dryRun: true}, {confirm: async () => false}]) {
      const world = new RolloutWorld(THREE)
      await drainNode(asking(world, 'gf2', wish), world.ports)
      expect(world.effects).toEqual([])
    }
  })

  it.each([
    [{name: 'gf22'}, 'did you mean gf2?'],
    [{for: '30'}, '--for 30 is not a duration'],
    [{for: '0m'}, '--for 0m is not a duration'],
  ])('is refused with %o', async (wish, words) => {
    const world = new RolloutWorld(THREE)
    await expect(drainNode(asking(world, 'gf2', wish), world.ports)).rejects.toThrow(words)
  })
})

/** While the operator is asked, or waits for the lock, somebody else is at work. */
function meanwhile(world: RolloutWorld, change: Partial<Machine>): Partial<Draining> {
  return {
    confirm: async () => {
      Object.assign(world.machine('gf2'), change)
      return true
    },
  }
}

describe('what has become of a node until the lock is ours', () => {
  it('is looked at again before it is drained: a run may hold it out by now', async () => {
    const world = new RolloutWorld(THREE)
    const request = asking(world, 'gf2', meanwhile(world, {server: 'out', out: 'r7'}))
    await expect(drainNode(request, world.ports)).rejects.toMatchObject({code: 'NODE_HELD_OUT', node: 'gf2'})
    expect(world.effects).toEqual([])
  })

  it('counts where the balancer does not do what it is told: what another has drained stays out', async () => {
    const world = new RolloutWorld(THREE)
    const request = asking(world, 'gf2', meanwhile(world, {server: 'out', drained: RECORD}))
    world.before = effect => {
      if (effect === 'gf2 out') throw new GhaError('no', {code: 'BALANCER_REFUSED', exit: 'partial'})
    }
    await expect(drainNode(request, world.ports)).rejects.toMatchObject({code: 'BALANCER_REFUSED'})
    expect(world.effects).toEqual(['gf2 drain'])
    expect(world.machine('gf2').drained).toBe(RECORD)
  })

  it.each([
    ['a run holds it out', {out: 'r7'}, {code: 'NODE_HELD_OUT'}],
    ['its Grafana has ended', {stopped: true}, {code: 'NOT_HEALTHY'}],
  ])('is looked at again before it is brought back: %s', async (_, change, refusal) => {
    const world = drainedWorld()
    const request = asking(world, 'gf2', meanwhile(world, change))
    await expect(undrainNode(request, world.ports)).rejects.toMatchObject(refusal)
    expect(world.effects).toEqual([])
  })
})

describe('undraining a node', () => {
  it('that the balancer does not take back is to be undrained again: a rollout would leave it drained', async () => {
    const world = drainedWorld()
    const balancer = world.ports.balancer(world.cluster.loadBalancer)
    const deaf = {...balancer, undrain: balancer.status}
    const ports = {...world.ports, balancer: () => deaf}
    await expect(undrainNode(asking(world, 'gf2'), ports)).rejects.toMatchObject({
      code: 'UNDRAIN_NOT_CONFIRMED',
      hint: expect.stringContaining('then run `gha undrain gf2` again'),
    })
    expect(world.machine('gf2').drained).toBe(RECORD)
  })

  it('says that it was half way when the balancer is silent once it was told', async () => {
    const world = drainedWorld()
    const balancer = world.ports.balancer(world.cluster.loadBalancer)
    let told = false
    const status = async () => {
      if (told) throw new GhaError('the connection was lost', {code: 'HOST_LOST', exit: 'preflight', node: 'lb1'})
      return balancer.status()
    }
    const undrain: typeof balancer.undrain = async node => {
      told = true
      const views = await balancer.undrain(node)
      return views.map(view => ({...view, state: 'down', words: 'DOWN'}))
    }
    const ports = {...world.ports, balancer: () => ({...balancer, status, undrain})}
    const lost = {code: 'HOST_LOST', exit: 'partial', node: 'lb1'}
    await expect(undrainNode(asking(world, 'gf2'), ports)).rejects.toMatchObject(lost)
    expect(world.seen()[1]).toBe('gf2 12.0.0 in drained')
  })

  it('brings it back and forgets who drained it', async () => {
    const world = drainedWorld()
    const {result, detail} = await undrainNode(asking(world, 'gf2'), world.ports)
    expect({result, detail}).toEqual({
      result: 'undrained',
      detail: 'was drained by ann@desk 16m 40s ago for 30m: new disk',
    })
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
  })

  it('works for one that was taken out by hand', async () => {
    const world = new RolloutWorld(THREE)
    world.machine('gf2').server = 'out'
    expect(await undrainNode(asking(world, 'gf2'), world.ports)).toMatchObject({result: 'undrained'})
    expect(world.machine('gf2').server).toBe('in')
  })

  it('needs no other node that is dead, and says so', async () => {
    const world = drainedWorld()
    const said: string[] = []
    const request = asking(world, 'gf2', {say: text => said.push(text)})
    expect(await undrainNode(request, without(world, 'gf3'))).toMatchObject({result: 'undrained'})
    expect(world.seen()[1]).toBe('gf2 12.0.0 in')
    expect(said).toEqual(['gf3 cannot be reached, and is not needed for this.'])
    expect(world.ran.filter(ran => ran.startsWith('gf3'))).toEqual([])
  })

  it('is refused where the node itself cannot be reached, or its balancer', async () => {
    const world = drainedWorld()
    const dead = without(world, 'gf2')
    await expect(undrainNode(asking(world, 'gf2'), dead)).rejects.toMatchObject({code: 'HOST_UNREACHABLE', node: 'gf2'})
    const balancer = {
      ...world.ports.balancer(world.cluster.loadBalancer),
      status: () => Promise.reject(new Error('no')),
    }
    const ports = {...world.ports, balancer: () => balancer}
    await expect(undrainNode(asking(world, 'gf2'), ports)).rejects.toThrow('no')
    expect(world.effects).toEqual([])
  })

  it('is left to the run that has the lock now', async () => {
    const world = drainedWorld()
    const begins = () => sleepLong(world)
    const lost = {code: 'LOCK_LOST', exit: 'locked'}
    await expect(undrainNode(asking(world, 'gf2', {begins}), world.ports)).rejects.toMatchObject(lost)
    expect(world.effects).toEqual([])
  })

  it('says that it was half way when another run takes over once it serves', async () => {
    const world = drainedWorld()
    world.before = effect => {
      if (effect === 'gf2 mark as not drained')
        throw new GhaError('a newer run', {code: 'FENCED', exit: 'locked', hint: 'Look.'})
    }
    const taken = {code: 'FENCED', exit: 'partial', message: 'a newer run', hint: 'Look.'}
    await expect(undrainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject(taken)
    expect(world.seen()[1]).toBe('gf2 12.0.0 in drained')
  })

  it('is refused while Grafana is not healthy there', async () => {
    const world = drainedWorld()
    world.sick = name => name === 'gf2'
    await expect(undrainNode(asking(world, 'gf2'), world.ports)).rejects.toMatchObject({code: 'NOT_HEALTHY'})
    expect(world.machine('gf2').server).toBe('out')
  })

  it('has nothing to do where the node serves', async () => {
    const world = new RolloutWorld(THREE)
    expect(await undrainNode(asking(world, 'gf2'), world.ports)).toMatchObject({result: 'serves'})
    expect(world.effects).toEqual([])
  })
})
