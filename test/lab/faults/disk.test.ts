import {describe, expect, it} from 'vitest'
import {fill, readOnly} from '../support/bad-disk.ts'
import {faultLab} from '../support/fault-lab.ts'
import {standing, wholeOn} from '../support/standing.ts'

describe('a disk', () => {
  const lab = faultLab()

  it('is full when the files are swapped: the old file stays whole, gf1 goes back, exit 9, nobody notices', async () => {
    lab.cluster.write({marker: `too long for a full disk ${Date.now()}`})
    await lab.startLoad()
    const ini = await lab.cluster.on('gf1', 'cat /etc/grafana/grafana.ini')
    await fill(lab.cluster, '/etc/grafana', lab.undoLater)
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toContain('cannot write /etc/grafana/grafana.ini')
    expect(await lab.cluster.on('gf1', 'cat /etc/grafana/grafana.ini')).toBe(ini)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    await lab.unnoticed()
  })

  it('is read-only where gha keeps its state: refused, exit 8, nothing is changed', async () => {
    const before = await lab.cluster.fingerprint({generations: false})
    await readOnly(lab.cluster, '/var/lib/gha', lab.undoLater)
    const {exitCode, stderr} = await lab.rollout()
    expect(exitCode, stderr).toBe(8)
    expect(stderr).toMatch(/gf1/)
    expect(stderr).toContain('Nothing was changed.')
    await lab.undo()
    expect(await lab.cluster.fingerprint({generations: false})).toEqual(before)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
  })
})
