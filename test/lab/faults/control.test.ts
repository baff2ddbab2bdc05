import {describe, expect, it} from 'vitest'
import {eventually} from '../../support/eventually.ts'
import {SERVING} from '../support/cluster.ts'
import {faultLab} from '../support/fault-lab.ts'
import {OTHER_NAME, type OtherMachine, otherMachine} from '../support/other-machine.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

const NODE_LIMIT_MS = 120_000
const SOMEBODY = expect.stringMatching(new RegExp(`^\\S+@${OTHER_NAME}$`))

describe('a rollout that is held from another machine', () => {
  const lab = faultLab()

  it('is paused after the node under way, keeps its lock while all serve, and ends well when resumed, exit 0, nobody notices', async () => {
    const other = otherMachine(lab.cluster)
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'activate', 'step-started')
    await well(other, 'rollout', 'pause', '--reason', 'looking')
    const {run} = await eventually('gf1 serves and the run pauses', NODE_LIMIT_MS, async () => {
      const status = await other.document('rollout', 'status')
      return resultOf(status) === 'paused' && status
    })
    expect(run).toMatchObject({
      finished: ['gf1'],
      underWay: [],
      paused: {detail: expect.stringMatching(new RegExp(`^by \\S+@${OTHER_NAME}: looking$`))},
    })
    expect(await refusal(other, 'rollout', '--yes')).toEqual({exit: 7, code: 'LOCK_HELD'})
    expect((await well(other, 'rollout', 'status')).stdout).toMatch(/^ +done +gf1\n +waiting +gf2, gf3$/m)
    const {versions} = wholeOn(lab.from)
    expect(await standing(lab.cluster)).toEqual({
      versions: {...versions, gf1: lab.to},
      balancer: SERVING,
      leftovers: ['gf1 lock', 'gf2 lock', 'gf3 lock'],
    })
    await well(other, 'rollout', 'resume')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(0)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
    await lab.unnoticed()
  })

  it('is stopped after the node under way, exit 5, ends well when run again, and is undone with what it had begun, exit 0, nobody notices', async () => {
    const other = otherMachine(lab.cluster)
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'activate', 'step-started')
    await well(other, 'rollout', 'stop', '--reason', 'not today')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(5)
    expect(stderr).toContain('gha rollout')
    const {versions} = wholeOn(lab.from)
    expect(await standing(lab.cluster)).toEqual({...wholeOn(lab.from), versions: {...versions, gf1: lab.to}})
    await lab.comesThrough()
    await well(other, 'rollout', 'undo', '--yes')
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    expect(other.cluster.version).toBe(lab.from)
    await lab.unnoticed()
    const {runs} = await other.document('rollout', 'history')
    expect((runs as unknown[]).slice(0, 3)).toMatchObject([
      {verb: 'undo', result: 'done', by: SOMEBODY, from: lab.to, to: lab.from, finished: ['gf1', 'gf2', 'gf3']},
      {verb: 'rollout', result: 'done', to: lab.to, finished: ['gf2', 'gf3']},
      {verb: 'rollout', result: 'stopped', from: lab.from, to: lab.to, finished: ['gf1']},
    ])
  })
})

describe('a lock', () => {
  const lab = faultLab()

  it('of a run that was killed keeps another machine out, exit 7, until it is broken by its id; then that machine ends well, exit 0, nobody notices', async () => {
    const other = otherMachine(lab.cluster)
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'gate', 'step-started')
    running.process.kill('SIGKILL')
    await running.ended
    expect(await refusal(other, 'rollout', '--yes')).toEqual({exit: 7, code: 'LOCK_HELD'})
    const {locks} = await other.document('lock', 'status')
    const [{run} = {run: ''}] = locks as readonly {readonly run: string}[]
    expect(locks).toMatchObject(['gf1', 'gf2', 'gf3'].map(node => ({node, run, stale: false})))
    expect(await refusal(other, 'lock', 'break', `${run}0`, '--yes')).toEqual({exit: 8, code: 'LOCK_NOT_HELD'})
    const here = await lab.cluster.gha(['lock', 'status'])
    expect(here.stdout.match(/free for the next run/g), here.stdout).toHaveLength(3)
    const {stderr} = await well(other, 'lock', 'break', run, '--yes')
    expect(stderr).toContain(`Run ${run} has lost its lock on gf1, gf2, gf3`)
    expect((await well(other, 'lock', 'status')).stdout).toContain('nobody holds the lock')
    const marks = ['gf1 armed', 'gf1 gha-revert-lab-gf1.timer', 'gf1 out', 'gf1 revert.sh']
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: lab.to, marks}))
    // The database keeps the lock of a connection that died without a word for half a minute.
    await well(other, 'rollout', '--yes', '--lock-wait', '60')
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
    await lab.unnoticed()
  })
})

describe('a node that is drained', () => {
  const lab = faultLab()

  it('stays out beyond its time, which status says first, keeps others in, exit 8, and serves again when undrained, exit 0, nobody notices', async () => {
    const {cluster} = lab
    await lab.startLoad()
    const drain = async (time: string) => {
      const {exitCode, stderr} = await cluster.gha(['drain', 'gf2', '--for', time, '--reason', 'new disk', '--yes'])
      expect(exitCode, stderr).toBe(0)
    }
    await drain('30m')
    expect(await cluster.balancerStates()).toEqual({...SERVING, gf2: 'MAINT'})
    const other = otherMachine(cluster)
    expect(await refusal(other, 'drain', 'gf3', '--yes')).toEqual({exit: 8, code: 'NOT_SAFE_TO_DRAIN'})
    expect(await refusal(other, 'rollout', '--yes')).toEqual({exit: 8, code: 'NODE_DRAINED'})
    expect((await well(other, 'check', '--only', 'gha/drain-expired')).stdout).toContain('new disk')
    await drain('1s')
    const check = () => other.gha('check', '--only', 'gha/drain-expired')
    await eventually('the time of the drain is over', 10_000, async () => (await check()).exitCode === 8)
    const shout = (await well(other, 'status')).stdout.split('\n')[1]
    expect(shout).toMatch(
      /^gf2 is drained by \S+ \S+ ago for 1s, over since \S+: new disk\. Bring it back: gha undrain gf2$/,
    )
    await well(other, 'undrain', 'gf2', '--yes')
    expect((await well(other, 'status')).stdout).not.toContain('drained')
    expect(await standing(cluster)).toEqual(wholeOn(lab.from))
    await lab.unnoticed()
  })
})

/** A command that ends well. */
async function well(other: OtherMachine, ...words: readonly string[]) {
  const ended = await other.gha(...words)
  expect(ended.exitCode, ended.stderr).toBe(0)
  return ended
}

/** How a command is refused. */
async function refusal(other: OtherMachine, ...words: readonly string[]) {
  const {error} = await other.document(...words)
  const {exit, code} = error as {readonly exit: number; readonly code: string}
  return {exit, code}
}

function resultOf({run}: Readonly<Record<string, unknown>>): unknown {
  return (run as {readonly result?: string} | undefined)?.result
}
