import {describe, expect, it} from 'vitest'
import {given} from '../../../../src/lib/model/given.ts'
import type {Node} from '../../../../src/lib/model/node.ts'
import type {Script} from '../../../../src/lib/model/script.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import type {MigrationWatch} from '../../../../src/lib/rollout/migration-watch.ts'
import type {Run} from '../../../../src/lib/rollout/run.ts'
import {untilHealthy} from '../../../../src/lib/rollout/steps/gate.ts'
import {aNode} from '../../../support/a-cluster.ts'
import {FakeDatabases} from '../../../support/fake-ports.ts'
import {NEW, OLD, RolloutWorld} from '../../../support/rollout-world.ts'

interface Wanted {
  readonly checks?: readonly string[]
  readonly healthySeconds?: number
  readonly endedSeconds?: number
  readonly ports?: Partial<Run['ports']>
}

const RELEASE = {id: `${NEW}-0123456789ab`, version: versionOf(NEW), files: []}
const NO_PLAN = {waves: []} as unknown as Plan

/** Holds gf1 to the new release, for at most 60 s. */
function held(world: RolloutWorld, wanted: Wanted = {}): Promise<string> {
  const {checks = ['grafana/health'], healthySeconds = 0, endedSeconds, ports} = wanted
  const run = world.run(NO_PLAN)
  const gated = {
    run: {...run, ports: {...run.ports, ...ports}},
    node: aNode({name: 'gf1'}),
    release: RELEASE,
    ...given({endedSeconds}),
  }
  return untilHealthy(gated, {checks, healthySeconds, deadlineSeconds: 60})
}

const looks = (world: RolloutWorld) => world.http.asked.filter(call => call === 'gf1 /api/health').length

describe('the gate', () => {
  it('opens after three looks in a row, further apart than Grafana repeats its answer', async () => {
    const world = new RolloutWorld({gf1: NEW})
    await expect(held(world)).resolves.toBe('healthy at 3 looks over 10 s')
    expect(looks(world)).toBe(3)
  })

  it('looks again five seconds after Grafana told of its health, however long the rest of a look takes', async () => {
    const world = new RolloutWorld({gf1: NEW})
    const {hosts} = world.run(NO_PLAN).ports
    const slow = {
      closeAll: () => hosts.closeAll(),
      connect: async (name: string, target: Node['ssh']) => ({
        ...(await hosts.connect(name, target)),
        run: async <T>(script: Script<T>) => {
          await new Promise(setImmediate)
          await world.clock.sleep(2000)
          return (await hosts.connect(name, target)).run(script)
        },
      }),
    }
    await expect(held(world, {ports: {hosts: slow}})).resolves.toBe('healthy at 3 looks over 12 s')
  })

  it('stays shut until the node was healthy for long enough', async () => {
    await expect(held(new RolloutWorld({gf1: NEW}), {healthySeconds: 45})).resolves.toBe(
      'healthy at 10 looks over 45 s',
    )
  })

  it('counts anew after a look at which the node was not healthy', async () => {
    const world = new RolloutWorld({gf1: NEW})
    world.sick = () => looks(world) === 3
    await expect(held(world)).resolves.toBe('healthy at 3 looks over 10 s')
    expect(looks(world)).toBe(6)
  })

  it('counts anew when another process answers, however well', async () => {
    const world = new RolloutWorld({gf1: NEW})
    world.sick = node => {
      if (looks(world) === 2) world.machine(node).process += 1
      return false
    }
    await expect(held(world)).resolves.toBe('healthy at 3 looks over 10 s')
    expect(looks(world)).toBe(5)
  })

  it('stays shut for another version, and says which', async () => {
    await expect(held(new RolloutWorld({gf1: OLD}))).rejects.toMatchObject({
      code: 'NOT_HEALTHY',
      message: 'not healthy within 60 s: it runs 12.0.0, not 12.1.0',
    })
  })

  it('stays shut while nothing answers: what is unknown is not healthy', async () => {
    await expect(held(new RolloutWorld({gf1: undefined}), {checks: []})).rejects.toMatchObject({
      message: expect.stringContaining('/api/health: nothing listens on its port'),
    })
  })

  it('waits no longer than wished for a Grafana that is not there, and in full for one that lives', async () => {
    const gone = held(new RolloutWorld({gf1: undefined}), {checks: [], endedSeconds: 20})
    await expect(gone).rejects.toMatchObject({message: expect.stringContaining('not healthy within 20 s')})
    const old = held(new RolloutWorld({gf1: OLD}), {endedSeconds: 20})
    await expect(old).rejects.toMatchObject({message: expect.stringContaining('not healthy within 60 s')})
  })

  it.each([
    [
      'no deadline while its mates are started, one after the other',
      {starts: 110, sick: 170},
      'healthy at 3 looks over 10 s',
    ],
    ['a deadline once none is started any more', {starts: 20, sick: 170}, /^not healthy within 60 s/],
    ['a deadline once each of them has had as long', {starts: 9999, sick: 9999}, /^not healthy within 60 s/],
  ])('counts %s', async (_, {starts, sick}, words) => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD, gf3: OLD})
    const wave = ['gf1', 'gf2', 'gf3'].map(node => ({node}))
    const run = world.run({waves: [wave]} as unknown as Plan)
    const begun = world.clock.now()
    const passed = (seconds: number) => world.clock.now() - begun > seconds * 1000
    let end = () => {}
    const mate = run.starts.pass(() => new Promise<void>(resolve => (end = resolve)))
    world.sick = () => {
      if (passed(starts)) end()
      return !passed(sick)
    }
    const gated = {run, node: aNode({name: 'gf1'}), release: RELEASE}
    const gate = {checks: ['grafana/health'], healthySeconds: 0, deadlineSeconds: 60}
    const told = await untilHealthy(gated, gate).catch((error: Error) => error.message)
    expect(told).toMatch(words)
    expect((world.clock.now() - begun) / 1000).toBeLessThan(190)
    end()
    await mate
    expect(run.starts.busy).toBe(false)
  })

  it.each([
    ['that is not there', undefined, /^not healthy within 30 s: its migration failed \(so it said\); /],
    ['that lives', OLD, /^not healthy within 60 s: its migration failed \(so it said\); /],
  ])('waits for a Grafana %s after its migration failed', async (_, version, message) => {
    const world = new RolloutWorld({gf1: version})
    const migration = {
      failed: 'so it said',
      heed: async () => {},
      goesOn: async () => false,
    } as unknown as MigrationWatch
    const gated = {run: world.run(NO_PLAN), node: aNode({name: 'gf1'}), release: RELEASE, migration}
    const gate = {checks: [], healthySeconds: 0, deadlineSeconds: 60}
    await expect(untilHealthy(gated, gate)).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringMatching(message),
    })
  })

  it('says what is wrong with the database where nothing answers', async () => {
    const world = new RolloutWorld({gf1: undefined})
    world.schema.locked = true
    await expect(held(world, {checks: []})).rejects.toMatchObject({
      message: expect.stringMatching(/; somebody holds the migration lock in the database$/),
    })
  })

  it('says that the node does not reach the database, also where Grafana repeats that it is well', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD})
    world.brokenLogin = () => true
    const databases = new FakeDatabases(() => ({outcome: 'unreachable', message: 'no answer within 10 s'}))
    await expect(held(world, {checks: ['grafana/login'], ports: {databases}})).rejects.toMatchObject({
      message: expect.stringMatching(/; the database cannot be reached from gf1: no answer within 10 s$/),
    })
  })

  it('says of a login that fails that it failed before its turn, too', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD})
    world.brokenLogin = () => true
    const run = world.run({waves: []} as unknown as Plan)
    const node = aNode({name: 'gf1'})
    await run.trials.lookBefore(node)
    const gate = {checks: ['grafana/login'], healthySeconds: 0, deadlineSeconds: 60}
    await expect(untilHealthy({run, node, release: RELEASE}, gate)).rejects.toMatchObject({
      message: expect.stringMatching(/POST \/login answers 500, as before its turn$/),
    })
  })

  it('judges by the checks that it was given, and by the node alone', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: NEW})
    world.sick = () => true
    await expect(held(world, {checks: ['service/running']})).resolves.toMatch(/^healthy/)
    world.sick = node => node === 'gf2'
    await expect(held(world, {checks: ['grafana/health']})).resolves.toMatch(/^healthy/)
  })

  it('stays shut where nobody can log in, however healthy it is', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD})
    world.brokenLogin = node => node === 'gf1'
    await expect(held(world, {checks: ['grafana/login']})).rejects.toMatchObject({
      message: 'not healthy within 60 s: grafana/login: no login on gf1: POST /login answers 500',
    })
    expect(world.http.asked.filter(call => call === 'gf1 /login').length).toBeLessThan(15)
  })

  it('opens one session for the run, and one on the node, whatever it looks at', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD})
    await expect(held(world, {checks: ['grafana/login'], healthySeconds: 30})).resolves.toMatch(/^healthy/)
    expect(world.http.asked.filter(call => call.endsWith('/login'))).toEqual(['here /login', 'gf1 /login'])
  })

  it('asks no more once Grafana refused the password', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD})
    world.wrongPassword = true
    await expect(held(world, {checks: ['grafana/login']})).rejects.toMatchObject({
      message: 'not healthy within 60 s: grafana/login: Grafana refuses the admin of gha.yaml',
    })
    expect(world.http.asked.filter(call => call.endsWith('/login'))).toEqual(['here /login', 'gf2 /login'])
  })

  it('stays shut while the log of the process tells of an end, and shows no line of it', async () => {
    const world = new RolloutWorld({gf1: NEW})
    world.log = () => '1800000010.5 gf1 grafana[100]: msg="Executing migration failed" password=hunter2'
    await expect(held(world, {checks: ['grafana/log']})).rejects.toMatchObject({
      message:
        'not healthy within 60 s: grafana/log: a migration of the database failed (migration-failed, 2027-01-15T08:00:10Z)',
    })
  })

  it('stays shut until every member of the mesh counts all, and not only the node', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD})
    const cluster = {...world.cluster, alerting: {mode: 'gossip', port: 9094} as const}
    const place = (node: string) => (node === 'gf1' ? 0 : 1)
    const meshOf = (node: string, members: number) =>
      `alertmanager_cluster_members ${members}\nalertmanager_peer_position ${place(node)}\nalertmanager_cluster_pings_seconds_count ${world.clock.now()}\n`
    world.metrics = node => meshOf(node, node === 'gf1' ? 2 : 1)
    const gate = {checks: ['mesh/members', 'mesh/messages'], healthySeconds: 0, deadlineSeconds: 60}
    const gated = () => ({
      run: world.run({waves: []} as unknown as Plan, {cluster}),
      node: aNode({name: 'gf1'}),
      release: RELEASE,
    })
    await expect(untilHealthy(gated(), gate)).rejects.toMatchObject({
      message: 'not healthy within 60 s: mesh/members: gf2: 1 members, not 2',
    })
    world.metrics = node => meshOf(node, 2)
    await expect(untilHealthy(gated(), gate)).resolves.toMatch(/^healthy/)
    world.metrics = node => meshOf(node, 2).replace(/count \d+/, node === 'gf2' ? 'count 7' : '$&')
    await expect(untilHealthy(gated(), gate)).rejects.toMatchObject({
      message: 'not healthy within 60 s: mesh/messages: gf2: it has heard nothing since the look before',
    })
  })
})
