import {setTimeout as sleep} from 'node:timers/promises'
import {beforeEach, describe, expect, it} from 'vitest'
import {eventually} from '../../support/eventually.ts'
import {packageManagerWorks, strike} from '../kill/strike.ts'
import type {LabCluster, RunningGha} from '../support/cluster.ts'
import {type FaultLab, faultLab} from '../support/fault-lab.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

const DPKG_LIMIT_MS = 120_000
const BOOT_LIMIT_MS = 120_000
/** Each drain takes at least twice as long. */
const DRAINING_MS = 1500

describe('a node that is rebooted', () => {
  const lab = bootingLab()

  it('while it drains: nothing is swapped any more, exit 9, all as before, nobody notices', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    // The balancer has heard it by then, and what was under way has ended: a reboot would cut that, whoever rolls out.
    await sleep(DRAINING_MS)
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

  it('while dpkg works: it boots into its old release, stays out until looked at, exit 4, nobody notices', async () => {
    await lab.startLoad()
    const running = lab.start()
    await untilDpkgSwaps(lab.cluster, running)
    await lab.cluster.lab.reboot('gf1')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    await isHeldOutOnItsOldRelease(lab)
    await lab.comesThrough()
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

describe('a node that loses its power', () => {
  const lab = bootingLab()

  it('while dpkg works: it boots into its old release, stays out until looked at, exit 4, nobody notices', async () => {
    await lab.startLoad()
    const running = lab.start()
    await untilDpkgSwaps(lab.cluster, running)
    await strike(lab.cluster, {how: 'node', node: 'gf1', moment: 'package manager at work', delayMs: 0}, running)
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    await isHeldOutOnItsOldRelease(lab)
    await lab.comesThrough()
    await lab.unnoticed()
  })
})

/** A boot takes its time where other labs run beside. */
function bootingLab(): FaultLab {
  const lab = faultLab()
  beforeEach(() => lab.cluster.write({rollout: {minHealthyTime: '5s', healthyDeadline: '40s'}}))
  return lab
}

/** It is also asked for its architecture, while gha looks at the node, and works while packages are staged. */
async function untilDpkgSwaps(cluster: LabCluster, running: RunningGha): Promise<void> {
  await running.reaches('gf1', 'activate', 'step-started')
  await eventually('dpkg works on gf1', DPKG_LIMIT_MS, () => packageManagerWorks(cluster, 'gf1'))
}

/** The dead man puts the old release back before Grafana starts, with the package that dpkg had left half way. */
async function isHeldOutOnItsOldRelease({cluster, from}: FaultLab): Promise<void> {
  await eventually('gf1 runs its old release', BOOT_LIMIT_MS, async () => (await cluster.versions())['gf1'] === from)
  const marks = ['gf1 lock', 'gf1 out', 'gf1 reverted']
  const {versions, balancer, leftovers} = await standing(cluster)
  expect({versions, balancer}).toEqual({versions: wholeOn(from).versions, balancer: heldOut(from).balancer})
  expect(leftovers).toEqual(expect.arrayContaining(['gf1 out', 'gf1 reverted']))
  expect(marks).toEqual(expect.arrayContaining(leftovers.filter(mark => !/revert-|revert.sh|armed/.test(mark))))
}
