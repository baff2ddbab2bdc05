import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ChangeRequest} from '../../../../src/lib/actions/change/change-request.ts'
import {tellUnconfirmed} from '../../../../src/lib/actions/change/tell-unconfirmed.ts'
import {formatHolder} from '../../../../src/lib/model/lease.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aNodeObservation, keptState} from '../../../support/an-observation.ts'
import {FakeClock, FakeHosts} from '../../../support/fake-ports.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'
import {LocalHost} from '../../../support/local-host.ts'

const HOLDER = {run: 'r1', owner: 'ann', hostname: 'desk', pid: 7, bootId: 'b', reason: 'gha rollout', since: 1}
const WAITING = {type: 'trying', until: 600_000}

let state: string
beforeEach(() => {
  state = path.join(mkdtempSync(path.join(tmpdir(), 'gha-told-')), 'gf1')
  mkdirSync(path.join(state, 'runs'), {recursive: true})
})
afterEach(() => rmSync(path.dirname(state), {recursive: true}))

interface Left {
  readonly events?: readonly object[]
  readonly alive?: boolean
  readonly locked?: boolean
  readonly request?: Partial<ChangeRequest>
}

/** What the next run says when a run has left these events, and its lock. */
async function told({events = [WAITING], alive = false, locked = true, request = {}}: Left = {}) {
  const lines = [{type: 'run-started'}, ...events].map((event, n) => JSON.stringify({at: n, run: 'r1', n, ...event}))
  writeFileSync(path.join(state, 'runs', 'r1.jsonl'), lines.join('\n'))
  const cluster = aCluster({nodes: [aNode({name: 'gf1', paths: {...aNode().paths, state}})]})
  const ports = {
    hosts: new FakeHosts({gf1: new LocalHost('gf1')}),
    files: new MemoryFiles(),
    clock: new FakeClock(),
    identity: {user: 'ann', hostname: 'desk', pid: 1, bootId: 'b', isAlive: () => alive},
  } as unknown as Ports
  const lock = locked ? {lock: {text: formatHolder(HOLDER), ageSeconds: 1}} : {}
  const nodes = [{...aNodeObservation(), node: 'gf1', state: known(keptState({generation: 3, ...lock}))}]
  const said: string[] = []
  const progress: ChangeRequest['progress'] = event => void (event.type === 'note' && said.push(event.text))
  const asked = {cluster, progress, ...request} as unknown as ChangeRequest
  await tellUnconfirmed(asked, ports, {at: 0, nodes, balancer: known([])})
  return said
}

describe('a run that was cut while it waited to be confirmed', () => {
  it('is told by the next one, with the command that goes back', async () => {
    expect(await told()).toEqual([
      expect.stringMatching(/^Run r1 was cut while it waited to be confirmed: .*`gha rollout undo` goes back/),
    ])
  })

  it('is not told by the one that goes back', async () => {
    expect(await told({request: {back: {}} as unknown as Partial<ChangeRequest>})).toEqual([])
  })

  it('is not told while it may still wait', async () => {
    expect(await told({alive: true})).toEqual([])
  })

  it('is not told when its wait was over, or it never waited', async () => {
    expect(await told({events: [WAITING, {type: 'tried'}]})).toEqual([])
    expect(await told({events: []})).toEqual([])
    expect(await told({locked: false})).toEqual([])
  })
})
