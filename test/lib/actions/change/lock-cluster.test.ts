import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {lockCluster} from '../../../../src/lib/actions/change/lock-cluster.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aNodeObservation, keptState} from '../../../support/an-observation.ts'
import {FakeHosts, StillClock} from '../../../support/fake-ports.ts'
import {LocalHost} from '../../../support/local-host.ts'

const NAMES = ['gf1', 'gf2', 'gf3'] as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-lock-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const REQUEST = {reason: 'gha rollout', lockWaitSeconds: 0, stopRequested: () => false}

function ports(): Ports {
  return {
    hosts: new FakeHosts(Object.fromEntries(NAMES.map(name => [name, new LocalHost(name)]))),
    clock: new StillClock(),
    identity: {user: 'ann', hostname: 'desk', pid: 1, bootId: 'b', isAlive: () => true},
    databases: {open: () => Promise.reject(new Error('no database'))},
  } as unknown as Ports
}

it('goes on from the highest generation and the newest run that any node knows', async () => {
  const nodes = NAMES.map(name => aNode({name, paths: {...aNode().paths, state: path.join(folder, name)}}))
  const [one, other] = [
    keptState({generation: 4, lastRun: '20990101T000000-aaaa'}),
    keptState({generation: 7, lastRun: '20980101T000000-ffff'}),
  ]
  const seen = [one, other].map((kept, place) => aNodeObservation({node: `gf${place + 1}`, state: known(kept)}))
  const lock = await lockCluster({cluster: aCluster({nodes}), ...REQUEST}, ports(), {
    nodes: [...seen, aNodeObservation({node: 'gf3', state: {known: false, reason: 'silent'}})],
    at: 0,
    balancer: known([]),
  })
  expect(lock.lease).toEqual({generation: 8, run: expect.stringMatching(/^20990101T000001-/)})
  await lock.release()
})
