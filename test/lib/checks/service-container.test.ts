import {describe, expect, it} from 'vitest'
import {serviceContainer} from '../../../src/lib/checks/service-container.ts'
import type {Container} from '../../../src/lib/facts/container.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aContainer, aNodeObservation, aProcess, judgeNode} from '../../support/an-observation.ts'

const cluster = aCluster({nodes: [aNode({service: {manager: 'docker', container: 'grafana'}})]})
const judge = (wish: Partial<Container>) => {
  const process = aProcess()
  const service = {state: 'active', words: 'running', configured: [], process, container: aContainer(wish)} as const
  return judgeNode(serviceContainer, aNodeObservation({service: known(service)}), {cluster})
}
const bind = (source: string, destination = source) => ({type: 'bind', name: '', source, destination})

describe('service/container', () => {
  it('passes a container that sees the files of gha where the node has them', () => {
    expect(judge({})).toMatchObject({status: 'passed'})
    expect(judge({mounts: [bind('/etc/grafana/grafana.ini')]})).toMatchObject({status: 'passed'})
  })

  it('is skipped where no container runs Grafana', () => {
    expect(judgeNode(serviceContainer, aNodeObservation())).toMatchObject({status: 'skipped'})
  })

  it.each<[string, Partial<Container>, string]>([
    ['somebody else makes', {owner: 'docker compose'}, 'it belongs to docker compose'],
    ['is gone when it stops', {removedAtStop: true}, 'there is no way back'],
    ['is linked', {linked: true}, '`--link`'],
    ['lives in the network of another', {networkMode: 'container:abc'}, 'the network of another container'],
    ['is in several networks', {networks: ['a', 'b']}, 'it is in 2 networks: a, b'],
    [
      'keeps data that only it knows where',
      {mounts: [bind('/etc/grafana'), {type: 'volume', name: 'a'.repeat(64), source: '/x', destination: '/data'}]},
      '/data is in a volume without a name',
    ],
    ['has its own configuration', {mounts: []}, '/etc/grafana/grafana.ini of the node is not at the same path in it'],
    ['has it from elsewhere', {mounts: [bind('/srv/gf', '/etc/grafana')]}, 'is not at the same path in it'],
    [
      'hides it behind a nearer mount',
      {mounts: [bind('/etc/grafana'), bind('/srv/ini', '/etc/grafana/grafana.ini')]},
      'is not at the same path in it',
    ],
  ])('fails one that %s', (_, wish, detail) => {
    expect(judge(wish)).toMatchObject({status: 'failed', detail: expect.stringContaining(detail)})
  })
})
