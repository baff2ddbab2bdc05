import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {faultLab} from '../support/fault-lab.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

describe('two controllers', () => {
  const lab = faultLab()

  it('begin at the same moment: one carries the rollout out, the other is refused with exit 7, nobody notices', async () => {
    await lab.startLoad()
    const both = [1, 2].map(() => lab.cluster.gha(['rollout', '--yes']))
    const ended = await Promise.all(both)
    const exits = ended.map(({exitCode}) => exitCode).sort()
    expect(exits, ended.map(({stderr}) => stderr).join('\n----\n')).toEqual([0, 7])
    expect(ended.find(({exitCode}) => exitCode === 7)?.stderr).toContain('Nothing was changed.')
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
    await lab.unnoticed()
  })

  it('meet when the first was frozen: the second takes over after a minute and ends well, exit 0, the first changes nothing more, exit 4', async () => {
    await lab.startLoad()
    const zombie = lab.start()
    await zombie.reaches('gf1', 'activate', 'step-done')
    zombie.process.kill('SIGSTOP')
    lab.undoLater(async () => zombie.process.kill('SIGKILL'))
    const second = lab.start()
    await second.reaches('gf2', 'activate', 'step-started')
    zombie.process.kill('SIGCONT')
    const first = await zombie.ended
    expect(first.exitCode, first.stderr).toBe(4)
    expect(first.stderr).toMatch(/took the lock over|has taken this host over|has gone to another run/)
    const {exitCode, stderr} = await second.ended
    expect(exitCode, stderr).toBe(0)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
    await lab.unnoticed()
  })

  it('of which the first lost its network for good: it ends with exit 4, gf1 goes back by itself and stays out, the second takes over and ends well, exit 0, nobody notices', async () => {
    await lab.startLoad()
    const first = lab.start()
    await first.reaches('gf1', 'gate', 'step-started')
    const nodes = ['gf1', 'gf2', 'gf3']
    lab.undoLater(async () => {
      for (const node of nodes) await lab.cluster.lab.healBetween('operator', node)
    })
    for (const node of nodes) await lab.cluster.lab.cutBetween('operator', node)
    const {exitCode, stderr} = await first.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/^gf1 failed at gate: not healthy within 15 s: .*no answer within 10 s/m)
    expect(stderr).toContain('It is held out of the balancer: cannot reach ops@')
    expect(stderr).toContain('run `gha rollout` again')
    const stands = () => standing(lab.cluster, {seenFrom: 'servers'})
    expect(await stands()).toMatchObject({
      versions: {gf2: lab.from, gf3: lab.from},
      balancer: {gf1: 'MAINT', gf2: 'UP', gf3: 'UP'},
    })
    // Its dead man need not have acted yet.
    await expect.poll(stands, {timeout: 180_000}).toEqual(heldOut(lab.from, {marks: LEFT_BY_THE_FIRST}))
    await lab.undo()
    await sleep(500)
    await lab.comesThrough()
    await lab.unnoticed()
  })
})

/** The locks, and all that a dead man who has acted leaves until somebody looks. */
const LEFT_BY_THE_FIRST = [
  'gf1 gha-revert-lab-gf1.timer',
  'gf1 lock',
  'gf1 out',
  'gf1 revert.sh',
  'gf1 reverted',
  'gf2 lock',
  'gf3 lock',
]
