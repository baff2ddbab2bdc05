import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {wishBackup} from '../../../../src/lib/actions/backup/backup-wish.ts'
import {preview} from '../../../../src/lib/actions/change/preview.ts'
import {type Claim, surveyFree} from '../../../../src/lib/actions/change/survey-free.ts'
import {formatHolder} from '../../../../src/lib/model/lease.ts'
import {nodesOf} from '../../../../src/lib/plan/plan.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import type {ProgressEvent} from '../../../../src/lib/rollout/run.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {DiallingHost, lookingPorts} from '../../../support/fake-cluster-ports.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'
import {NO_MATERIAL} from '../../../support/no-material.ts'

const HOLDER = {run: 'run-1', owner: 'ann', hostname: 'desk', pid: 7, bootId: 'b', reason: 'gha rollout', since: 1}

let folder: string
let lock: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-free-'))
  mkdirSync(path.join(folder, 'state'))
  lock = path.join(folder, 'state', 'lock')
  writeFileSync(lock, formatHolder(HOLDER))
})
afterEach(() => rmSync(folder, {recursive: true}))

function world({alive = true, claim}: {readonly alive?: boolean; readonly claim?: Partial<Claim>} = {}) {
  const said: string[] = []
  const waits: number[] = []
  let now = Date.now()
  const word = ['/bin/false'] as const
  const node = aNode({
    service: {manager: 'command', stop: word, restart: word, status: word},
    paths: {...aNode().paths, home: '/nowhere', config: '/nowhere/g.ini', state: path.dirname(lock)},
  })
  const cluster = aCluster({file: path.join(folder, 'gha.yaml'), grafana: {install: {method: 'none'}}, nodes: [node]})
  const ports = lookingPorts(
    {gf1: new DiallingHost('gf1')},
    {
      files: new MemoryFiles(),
      identity: {user: 'bob', hostname: 'desk', pid: 8, bootId: 'b', isAlive: () => alive},
      clock: {
        now: () => now,
        async sleep(milliseconds: number) {
          now += milliseconds
          if (waits.push(milliseconds) === 3) rmSync(lock)
        },
      } satisfies Ports['clock'],
    },
  )
  const claimed = claim && {
    lockWaitSeconds: 0,
    stopRequested: () => false,
    progress: (event: ProgressEvent) => void (event.type === 'note' && said.push(event.text)),
    ...claim,
  }
  const request = {cluster, verb: 'rollout', material: NO_MATERIAL, limit: undefined} as const
  return {request: {...request, saved: undefined, ...(claimed ? {claim: claimed} : {})}, ports, said, waits}
}

describe('a cluster on which another run is under way', () => {
  it('is refused before any plan is told', async () => {
    const {request, ports} = world({claim: {}})
    await expect(surveyFree(request, ports)).rejects.toMatchObject({
      code: 'LOCK_HELD',
      exit: 'locked',
      message: expect.stringContaining('ann@desk (process 7) holds the lock'),
      unchanged: 'Nothing was changed.',
    })
  })

  it('is looked at anew once that run is over, for whoever waits', async () => {
    const {request, ports, said, waits} = world({claim: {lockWaitSeconds: 600}})
    expect(nodesOf((await surveyFree(request, ports)).plan)).toHaveLength(1)
    expect([said, waits.length]).toEqual([['waiting for ann@desk, who holds the lock for: gha rollout'], 3])
  })

  it('is waited for no longer than was said, nor after Ctrl-C', async () => {
    const impatient = world({claim: {lockWaitSeconds: 3}})
    await expect(surveyFree(impatient.request, impatient.ports)).rejects.toMatchObject({code: 'LOCK_HELD'})
    const stopped = world({claim: {lockWaitSeconds: 600, stopRequested: () => true}})
    await expect(surveyFree(stopped.request, stopped.ports)).rejects.toMatchObject({code: 'LOCK_HELD'})
    expect([impatient.waits.length, stopped.waits.length]).toEqual([2, 0])
  })

  it('is free where the holder died on this machine', async () => {
    const {request, ports} = world({alive: false, claim: {}})
    expect(nodesOf((await surveyFree(request, ports)).plan)).toHaveLength(1)
  })

  it('can be planned for by who only looks, who is told of the run', async () => {
    const {request, ports} = world()
    const cluster = wishBackup(request.cluster, {command: undefined, skip: true})
    const {view} = await preview({...request, cluster}, ports)
    expect(view.cautions).toEqual([
      'a run of ann@desk is under way for: gha rollout; the plan counts what it has in its hands as left behind',
    ])
  })
})
