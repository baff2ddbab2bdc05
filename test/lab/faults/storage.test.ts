import {describe, expect, it} from 'vitest'
import {fill, readOnly} from '../support/bad-disk.ts'
import {faultLab} from '../support/fault-lab.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

describe('a disk', () => {
  const lab = faultLab()

  it('is full where gha keeps its releases: refused before anything is touched, exit 9', async () => {
    await fill(lab.cluster, '/var/lib/gha/lab/gf1/releases', lab.undoLater)
    const before = await lab.cluster.fingerprint({generations: false})
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toMatch(/gf1.*no room/s)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    expect(processesIn(await lab.cluster.fingerprint())).toEqual(processesIn(before))
  })

  it('is full when the package is unpacked: gf1 goes back, exit 9, all as before, nobody notices', async () => {
    await lab.startLoad()
    await fill(lab.cluster, '/usr/share/grafana', lab.undoLater)
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(9)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    await lab.unnoticed()
  })

  it('turns read-only under the package after the drain: neither version can be installed, gf1 is held out, exit 4, the others serve', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    await readOnly(lab.cluster, '/etc/grafana', lab.undoLater)
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toContain('It is held out of the balancer: revert failed')
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: ''}))
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })
})

function processesIn(looks: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(looks).flatMap(text => text.split('\n').filter(line => /^(grafana-server|haproxy) /.test(line)))
}
