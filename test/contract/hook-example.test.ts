import {copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {createBalancer} from '../../src/lib/adapters/balancer.ts'
import type {Balancer} from '../../src/lib/ports/balancer.ts'
import {drain} from '../../src/lib/rollout/steps/drain.ts'
import {aCluster, aNode} from '../support/a-cluster.ts'
import {aHook} from '../support/a-load-balancer.ts'
import {aTurn} from '../support/a-run.ts'
import {ROOT} from '../support/documents.ts'
import {FakeClock, FakeHosts} from '../support/fake-ports.ts'

const gf1 = aNode({name: 'gf1', address: '10.0.0.11'})
const gf2 = aNode({name: 'gf2', address: '10.0.0.12'})

/** The example of the manual on a target group whose drain takes 60 s, with a clock that only sleeping moves. */
describe('docs/examples/alb.sh', () => {
  let folder: string
  let clock: SharedClock
  let environment: NodeJS.ProcessEnv
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'alb-'))
    copyFileSync(path.join(ROOT, 'test/support/fake-aws.sh'), path.join(folder, 'aws'))
    copyFileSync(path.join(ROOT, 'docs/examples/alb.sh'), path.join(folder, 'alb.sh'))
    clock = new SharedClock(path.join(folder, 'now'))
    environment = {...process.env}
    Object.assign(process.env, {PATH: `${folder}:${process.env.PATH}`, ALB_FOLDER: folder, TARGET_GROUP: 'arn:group'})
  })
  afterEach(() => {
    Object.assign(process.env, {PATH: environment.PATH})
    rmSync(folder, {recursive: true})
  })

  const open = (wish: Parameters<typeof aHook>[0] = {}): Balancer =>
    createBalancer(
      aHook({
        folder,
        drainTimeoutSeconds: 90,
        commands: {
          list: {argv: ['./alb.sh', 'list', 'gf1=10.0.0.11:3000', 'gf2=10.0.0.12:3000'], deadlineSeconds: 10},
          status: {argv: ['./alb.sh', 'status', '{server}', '{address}', '{port}'], deadlineSeconds: 10},
          drain: {argv: ['./alb.sh', 'drain', '{server}', '{address}', '{port}'], deadlineSeconds: 10},
          undrain: {argv: ['./alb.sh', 'undrain', '{server}', '{address}', '{port}'], deadlineSeconds: 10},
        },
        ...wish,
      }),
      {hosts: new FakeHosts({}), clock, dryRun: false},
    )
  const drained = (balancer: Balancer, timeoutSeconds = 90) => {
    const turn = aTurn({cluster: aCluster({nodes: [gf1, gf2], loadBalancer: aHook()}), node: gf1, balancer})
    const run = {...turn.run, ports: {...turn.run.ports, clock}}
    return drain.apply({...turn, run}, {kind: 'drain', timeoutSeconds})
  }
  const lie = (word: string) => writeFileSync(path.join(folder, 'lie.10.0.0.11'), word)
  const liedAlready = () => !existsSync(path.join(folder, 'lie.10.0.0.11'))

  it('drains in 60 s, and not a moment earlier', async () => {
    const balancer = open()
    await balancer.rehearse([gf1, gf2])
    await expect(drained(balancer)).resolves.toBe('nothing under way')
    expect(clock.seconds()).toBeGreaterThanOrEqual(60)
    expect(clock.seconds()).toBeLessThan(80)
    expect((await balancer.status()).map(({server, state}) => [server, state])).toEqual([
      ['gf1', 'out'],
      ['gf2', 'in'],
    ])
  })

  it('does not let a node be stopped because its status lies once', async () => {
    lie('unused')
    await drained(open())
    expect(liedAlready()).toBe(true)
    expect(clock.seconds()).toBeGreaterThanOrEqual(60)
  })

  it('does not believe a lie that comes when the node is about to be taken out', async () => {
    const balancer = open()
    await balancer.drain(gf1)
    lie('unused')
    await balancer.takeOut(gf1)
    expect(liedAlready()).toBe(true)
    expect(clock.seconds()).toBeGreaterThanOrEqual(60)
  })

  it('takes a node back when its status says so three times', async () => {
    const balancer = open()
    await drained(balancer)
    const before = clock.seconds()
    await balancer.undrain(gf1)
    expect(clock.seconds() - before).toBeLessThan(10)
    expect((await balancer.status())[0]?.state).toBe('in')
  })

  it('gives the node back when the drain takes longer than its time', async () => {
    await expect(drained(open({drainTimeoutSeconds: 20}), 20)).rejects.toMatchObject({
      code: 'BALANCER_NOT_OBEYED',
      message: 'gf1 should be `out`, and its status says drain',
    })
  })

  it('drains once, however often it is told', async () => {
    const balancer = open()
    await drained(balancer)
    await balancer.drain(gf1)
    const calls = readFileSync(path.join(folder, 'calls'), 'utf8').split('\n')
    expect(calls.filter(call => call.startsWith('deregister'))).toEqual(['deregister-targets 10.0.0.11'])
  })
})

/** Whole seconds of it stand in a file, for programs that ask what time it is. */
class SharedClock extends FakeClock {
  readonly #file: string
  readonly #began: number

  constructor(file: string) {
    super()
    this.#file = file
    this.#began = this.now()
    this.#write()
  }

  seconds(): number {
    return (this.now() - this.#began) / 1000
  }

  override async sleep(milliseconds: number): Promise<void> {
    await super.sleep(milliseconds)
    this.#write()
  }

  #write(): void {
    writeFileSync(this.#file, String(Math.floor(this.seconds())))
  }
}
