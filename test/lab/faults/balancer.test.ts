import {describe, expect, it} from 'vitest'
import {eventually} from '../../support/eventually.ts'
import {faultLab} from '../support/fault-lab.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

describe('the balancer', () => {
  const lab = faultLab()
  const haproxy = (script: string) => lab.cluster.on('haproxy', script)

  it('is gone after the drain: gf1 is held out on its new version, exit 4, and comes through when the balancer is back', async () => {
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-done')
    lab.undoLater(() => haproxy('systemctl start haproxy'))
    await haproxy('systemctl stop haproxy')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/^gf1 failed at undrain: HAProxy does not listen on /m)
    expect(stderr).toContain('it is healthy on its new release, but not back in the balancer')
    await lab.undo()
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: lab.to}))
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

  it('forgets in a reload that gf1 is out: gf1 is taken out again before it is known to be good, and the run ends well', async () => {
    const {config} = lab.cluster.lab.state().balancers.haproxy
    lab.undoLater(async () => {
      lab.cluster.write({balancer: 'haproxy'})
      await haproxy(`mv ${config}.kept ${config} && systemctl reload haproxy`)
    })
    await haproxy(`cp -p ${config} ${config}.kept && sed -i /server-state/d ${config} && systemctl reload haproxy`)
    lab.cluster.write({balancer: 'own haproxy'})
    const running = lab.start()
    await running.reaches('gf1', 'gate', 'step-started')
    expect((await lab.cluster.balancerStates())['gf1']).toBe('MAINT')
    await haproxy('systemctl reload haproxy')
    const states: (string | undefined)[] = []
    await eventually('gf1 is out again', 10_000, async () => {
      states.push((await lab.cluster.balancerStates())['gf1'])
      return states.at(-1) === 'MAINT'
    })
    expect(states[0]).not.toBe('MAINT')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(/gf1: the balancer had forgotten that it is out, as after a reload/)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.to))
  })
})
