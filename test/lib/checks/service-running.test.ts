import {describe, expect, it} from 'vitest'
import {serviceRunning} from '../../../src/lib/checks/service-running.ts'
import type {ServiceState} from '../../../src/lib/facts/service.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aNodeObservation, aProcess, judgeNode, keptState} from '../../support/an-observation.ts'

const judge = (service: ServiceState, release?: string) => {
  const state = known(keptState({...(release ? {release} : {})}))
  return judgeNode(serviceRunning, aNodeObservation({service: known(service), state}))
}
const dead: ServiceState = {state: 'inactive', words: 'inactive (dead)', atBoot: true, configured: []}
const alive: ServiceState = {
  state: 'active',
  words: 'active (running)',
  atBoot: true,
  configured: [],
  process: aProcess(),
}

describe('service/running', () => {
  it('passes a running service', () => {
    expect(judge(alive, 'r')).toMatchObject({status: 'passed'})
  })

  it('fails a stopped one that gha has started before, and skips one it has not', () => {
    expect(judge(dead, 'r')).toMatchObject({status: 'failed', detail: 'inactive (dead)'})
    expect(judge(dead)).toMatchObject({status: 'skipped', detail: 'not started yet'})
  })

  it('names the log of docker where docker runs it', () => {
    const node = aNode({service: {manager: 'docker', container: 'grafana'}})
    const state = known(keptState({release: 'r'}))
    const seen = aNodeObservation({service: known(dead), state})
    expect(judgeNode(serviceRunning, seen, {cluster: aCluster({nodes: [node]})})).toMatchObject({
      hint: expect.stringContaining('`docker logs --tail 50 grafana`'),
    })
  })

  it('warns where it does not come back after a reboot', () => {
    expect(judge({...alive, atBoot: false}, 'r')).toMatchObject({status: 'failed', severity: 'warning'})
  })

  it('fails where the manager says active and no process is there', () => {
    const {process: _process, ...ghost} = alive
    expect(judge(ghost, 'r')).toMatchObject({status: 'failed'})
  })
})
