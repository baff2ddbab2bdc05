import {beforeEach, describe, expect, it} from 'vitest'
import {faultLab} from '../support/fault-lab.ts'
import {standing, wholeOn} from '../support/standing.ts'

describe('a node that is rebooted', () => {
  const lab = faultLab()

  // A boot takes its time where other labs run beside.
  beforeEach(() => lab.cluster.write({rollout: {minHealthyTime: '5s', healthyDeadline: '40s'}}))

  it('while it drains: nothing is swapped any more, exit 9, all as before, nobody notices', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    // So that the swap meets a node that is up again.
    running.process.kill('SIGSTOP')
    lab.undoLater(async () => running.process.kill('SIGKILL'))
    await lab.cluster.lab.reboot('gf1')
    running.process.kill('SIGCONT')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toContain('gf1 failed at activate: activate failed: the time of this swap was over')
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    await lab.unnoticed()
  })

  it('while its gate looks: it boots into its old release, exit 9, all as before, nobody notices', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'gate', 'step-started')
    await lab.cluster.lab.reboot('gf1')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toMatch(/gf1 failed at gate: .*it runs \S+, not 12/)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    await lab.unnoticed()
  })

  it('after its turn, while the next one is away: it boots into its new release, the run ends well, exit 0', async () => {
    const running = lab.start()
    await running.reaches('gf2', 'activate', 'step-started')
    await lab.cluster.lab.reboot('gf1')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(0)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
  })
})
