import {describe, expect, it} from 'vitest'
import {formatHolder} from '../../../../src/lib/model/lease.ts'
import {known, unknown} from '../../../../src/lib/model/observation.ts'
import {clusterStatus} from '../../../../src/lib/report/status/cluster-status.ts'
import {aFileState, aWishedFile} from '../../../support/a-file.ts'
import {aJudged, aNodeObservation, aProcess, aSilentNode, keptState, NOW} from '../../../support/an-observation.ts'

const one = (node: ReturnType<typeof aNodeObservation>, rest: Parameters<typeof aJudged>[0] = {}) =>
  clusterStatus(aJudged({...rest, nodes: [node]})).nodes[0]!

const holder = {
  run: 'r7',
  owner: 'ann',
  hostname: 'laptop',
  pid: 1,
  bootId: 'b',
  reason: 'gha rollout',
  since: NOW - 90_000,
}

describe('the status of a cluster', () => {
  it('folds one look into one line per node', () => {
    const balancer = known([
      {balancer: 'lb1', server: 'gf1', state: 'in', words: 'UP', current: 4, address: '10.0.0.11:3000'},
      {balancer: 'lb1', server: 'gf2', state: 'drain', words: 'DRAIN'},
    ] as const)
    expect(one(aNodeObservation({metrics: known({members: 3, position: 2})}), {balancer})).toEqual({
      node: 'gf1',
      reached: true,
      balancer: [{balancer: 'lb1', state: 'in', words: 'UP', current: 4}],
      version: '12.1.0',
      config: {fingerprint: '0123456789ab', state: 'as wished'},
      upSeconds: 3600,
      databaseMilliseconds: 2,
      mesh: {members: 3, position: 2},
      notes: [],
    })
  })

  it("counts the process's age by the node's own clock", () => {
    const clock = known({seconds: 100, uncertaintySeconds: 0})
    expect(one(aNodeObservation({clock})).upSeconds).toBe(3700)
  })

  it('tells a pending configuration from a changed and from none', () => {
    const wish = {files: [aWishedFile()]}
    const files = (sha: string) => known(new Map([[aWishedFile().path, aFileState({sha256: sha.repeat(64)})]]))
    const state = (release?: string) => known(keptState({...(release ? {release} : {})}))
    const config = (sha: string, release?: string) =>
      one(aNodeObservation({files: files(sha), state: state(release)}), {wish}).config
    expect(config('a', '12.1.0-0123456789ab')?.state).toBe('as wished')
    expect(config('b', '12.1.0-0123456789ab')?.state).toBe('changed')
    expect(config('b', '12.1.0-ffffffffffff')).toEqual({fingerprint: 'ffffffffffff', state: 'pending'})
    expect(config('b')).toEqual({state: 'none'})
  })

  it('says who holds the lock, and where', () => {
    const lock = {text: formatHolder(holder), ageSeconds: 4}
    const state = known(keptState({generation: 2, lock}))
    const status = clusterStatus(aJudged({nodes: [aNodeObservation({state}), aNodeObservation({state})]}))
    const {pid: _pid, bootId: _bootId, ...shown} = holder
    expect(status.lock).toEqual({...shown, renewedSecondsAgo: 4, nodes: ['gf1', 'gf2']})
  })

  it('notes what an operator should see', () => {
    const service = known({state: 'failed', words: 'failed (exit-code)', configured: []} as const)
    const database = known({outcome: 'refused', message: 'x'} as const)
    expect(one(aNodeObservation({service, database})).notes).toEqual([
      'service is failed (exit-code)',
      'postgres: refused',
    ])
    const armed = {wayBack: '12.0.0-x'}
    const state = known(keptState({armed, out: 'r7', reverted: '1800000000'}))
    const health = known({status: 503, database: 'failing', milliseconds: 1})
    expect(one(aNodeObservation({state, health})).notes).toEqual([
      'unhealthy: 503, database failing',
      'held out by run r7',
      'dead man armed',
      'the dead man put the old release back',
    ])
    const waiting = known(keptState({armed: {...armed, waits: true}}))
    expect(one(aNodeObservation({state: waiting})).notes).toEqual(['dead man waits: Grafana may migrate'])
    const running = known({state: 'active', words: 'active', configured: [], process: aProcess()} as const)
    const silent = unknown('nothing listens on its port')
    expect(one(aNodeObservation({service: running, health: silent})).notes).toEqual([
      'Grafana does not answer: nothing listens on its port',
    ])
  })

  it('shows an unreachable node with the reason and nothing made up', () => {
    expect(one(aSilentNode())).toEqual({
      node: 'gf1',
      reached: false,
      balancer: [],
      notes: ['no answer from port 22'],
    })
  })
})
