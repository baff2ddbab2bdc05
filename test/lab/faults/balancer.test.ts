import {describe, expect, it} from 'vitest'
import {faultLab} from '../support/fault-lab.ts'
import {standing, wholeOn} from '../support/standing.ts'

describe('the balancer', () => {
  const lab = faultLab()
  const haproxy = (script: string) => lab.cluster.on('haproxy', script)

  it('is gone after the drain: gf1 is held out, exit 4, and comes through when the balancer is back', async () => {
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-done')
    lab.undoLater(() => haproxy('systemctl start haproxy'))
    await haproxy('systemctl stop haproxy')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/haproxy/i)
    await lab.undo()
    expect((await standing(lab.cluster)).balancer['gf1']).toBe('MAINT')
    await lab.comesThrough()
  })

  it('is reloaded by somebody while gf1 is out: gf1 stays out, the run ends well, nobody notices', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'activate', 'step-started')
    await haproxy('systemctl reload haproxy')
    expect((await lab.cluster.balancerStates())['gf1']).toBe('MAINT')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(0)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
    await lab.unnoticed()
  })
})
