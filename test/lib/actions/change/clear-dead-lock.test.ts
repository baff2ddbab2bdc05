import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ChangeRequest} from '../../../../src/lib/actions/change/change-request.ts'
import {clearDeadLock} from '../../../../src/lib/actions/change/clear-dead-lock.ts'
import {formatHolder} from '../../../../src/lib/model/lease.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aNodeObservation} from '../../../support/an-observation.ts'
import {FakeClock, FakeHosts} from '../../../support/fake-ports.ts'
import {LocalHost} from '../../../support/local-host.ts'

const HOLDER = {run: 'dead-1', owner: 'ann', hostname: 'desk', pid: 7, bootId: 'b', reason: 'gha rollout', since: 1}

let state: string
beforeEach(() => {
  state = path.join(mkdtempSync(path.join(tmpdir(), 'gha-dead-')), 'gf1')
  mkdirSync(state)
  writeFileSync(path.join(state, 'lock'), formatHolder(HOLDER))
  writeFileSync(path.join(state, 'generation'), '3\n')
})
afterEach(() => rmSync(path.dirname(state), {recursive: true}))

async function clear({
  alive,
  hostname = 'desk',
  ageSeconds = 1,
}: {
  alive: boolean
  hostname?: string
  ageSeconds?: number
}) {
  const cluster = aCluster({nodes: [aNode({name: 'gf1', paths: {...aNode().paths, state}})]})
  const ports = {
    hosts: new FakeHosts({gf1: new LocalHost('gf1')}),
    databases: {open: () => Promise.reject(new Error('connection refused'))},
    clock: new FakeClock(),
    identity: {user: 'ann', hostname, pid: 1, bootId: 'b', isAlive: () => alive},
  } as unknown as Ports
  const kept = {generation: 3, brought: [], written: new Map(), lock: {text: formatHolder(HOLDER), ageSeconds}}
  const nodes = [{...aNodeObservation(), node: 'gf1', state: known(kept)}]
  const request = {cluster, reason: 'gha rollout', lockWaitSeconds: 0, stopRequested: () => false}
  await clearDeadLock(request as unknown as ChangeRequest, ports, {at: 0, nodes, balancer: known([])})
  return existsSync(path.join(state, 'lock'))
}

describe('a lock that is found where nothing is left to be done', () => {
  it('is taken away when its holder died on this machine', async () => {
    expect(await clear({alive: false})).toBe(false)
  })

  it('stays when its holder lives, or may live elsewhere', async () => {
    expect(await clear({alive: true})).toBe(true)
    expect(await clear({alive: false, hostname: 'another'})).toBe(true)
  })

  it('stays when its holder has shown itself since it was looked at', async () => {
    expect(await clear({alive: false, hostname: 'another', ageSeconds: 61})).toBe(true)
  })
})
