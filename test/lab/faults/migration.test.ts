import {describe, expect, it} from 'vitest'
import {plantFault} from '../support/node-faults.ts'
import {everywhere, FROM, TO, unmigratedLab, WINDOW} from '../support/unmigrated-lab.ts'

describe('a migration that old nodes do not survive', () => {
  const lab = unmigratedLab()

  it('gives all back as it was when the one node fails before it migrates, exit 9', async () => {
    const {cluster} = lab
    await plantFault(cluster, 'gf1', {fault: 'crash-at-boot', version: TO})
    const {exitCode, stderr} = await cluster.gha(WINDOW)
    expect(exitCode, stderr).toBe(9)
    expect(await cluster.versions()).toEqual(everywhere(FROM))
    expect(await cluster.balancerStates()).toEqual(everywhere('UP'))
    expect(await cluster.leftovers()).toEqual([])
    expect(cluster.version).toBe(FROM)
  })
})
