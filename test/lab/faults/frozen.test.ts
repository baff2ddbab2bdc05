import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {type FaultLab, faultLab} from '../support/fault-lab.ts'
import {standing, wholeOn} from '../support/standing.ts'

const STEPS = ['drain', 'activate', 'gate'] as const
const FROZEN_SECONDS = 8

describe("an operator's machine that hangs", () => {
  const lab = faultLab()

  it.each(STEPS)(`for ${FROZEN_SECONDS} s during %s: the run ends well, exit 0, nobody notices`, async step => {
    await lab.startLoad()
    const {exitCode, stderr} = await frozen(lab, step)
    expect(exitCode, stderr).toBe(0)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
    await lab.unnoticed()
  })
})

async function frozen(lab: FaultLab, step: (typeof STEPS)[number]) {
  const running = lab.start()
  await running.reaches('gf1', step, 'step-started')
  lab.undoLater(async () => running.process.kill('SIGCONT'))
  running.process.kill('SIGSTOP')
  await sleep(FROZEN_SECONDS * 1000)
  running.process.kill('SIGCONT')
  return running.ended
}
