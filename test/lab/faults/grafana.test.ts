import {describe, expect, it} from 'vitest'
import {faultLab} from '../support/fault-lab.ts'
import {plantFault} from '../support/node-faults.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

const GOES_BACK = 'gf1 goes back, exit 9, all as before, nobody notices'

describe('a new Grafana that', () => {
  const lab = faultLab()

  const goesBack = async (because: RegExp) => {
    await lab.startLoad()
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toMatch(because)
    expect(stderr).toContain('Failed, and everything is as it was before.')
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    await lab.unnoticed()
  }

  it(`crashes at boot: ${GOES_BACK}`, async () => {
    await plantFault(lab.cluster, 'gf1', {fault: 'crash-at-boot', version: lab.to})
    await goesBack(/gf1 failed at (gate|activate)/)
  })

  it(`dies after 20 s: ${GOES_BACK}`, async () => {
    lab.cluster.write({rollout: {minHealthyTime: '25s', healthyDeadline: '30s'}})
    await plantFault(lab.cluster, 'gf1', {fault: 'die-after=20', version: lab.to})
    await goesBack(/gf1 failed at gate: not healthy within 30 s/)
  })

  it(`is healthy but of another version: ${GOES_BACK}`, async () => {
    await plantFault(lab.cluster, 'gf1', {fault: 'wrong-version', version: lab.to})
    await goesBack(/gf1 failed at gate: .*it runs \S+, not 12/)
  })

  it(`is healthy but lets nobody log in: ${GOES_BACK}`, async () => {
    await plantFault(lab.cluster, 'gf1', {fault: 'login-broken', version: lab.to})
    await goesBack(/gf1 failed at gate: .*grafana\/login: no login on gf1/)
  })

  it(`never joins the mesh: ${GOES_BACK}`, async () => {
    await plantFault(lab.cluster, 'gf1', {fault: 'never-in-mesh', version: lab.to})
    await goesBack(/gf1 failed at gate: .*mesh\/members/)
  })

  it('crashes, and so does the old one: the revert itself fails, gf1 is held out, exit 4, the others serve', async () => {
    await plantFault(lab.cluster, 'gf1', {fault: 'crash-at-boot', version: 'any'})
    await lab.startLoad()
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/It is held out of the balancer: not healthy within 15 s/)
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: ''}))
    await lab.unnoticed()
    const {stdout} = await lab.cluster.gha(['status'])
    expect(stdout).toMatch(/^gf1 +out .*held out by run/m)
  })
})
