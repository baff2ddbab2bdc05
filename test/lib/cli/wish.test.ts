import {expect, it} from 'vitest'
import {openWish, optionsOf, type WishFlags} from '../../../src/lib/cli/wish.ts'
import type {Ports} from '../../../src/lib/ports/ports.ts'
import {aCluster, anSshTarget} from '../../support/a-cluster.ts'
import {aHaproxy} from '../../support/a-load-balancer.ts'
import {MemoryFiles} from '../../support/local-fakes.ts'

const hosts = ['lb1', 'lb2'].map(name => ({name, ssh: anSshTarget()}))
const probe = {url: 'https://grafana.example.com/', intervalMilliseconds: 250, errorBudget: 0.02, soakSeconds: 60}
const plain = aCluster()
const cluster = {...plain, loadBalancer: aHaproxy({hosts}), rollout: {...plain.rollout, probe}}

/** What comes of gha.yaml and a command line. */
const wish = (flags: WishFlags, text = 'grafana: { version: 12.1.0 }\n') => {
  const ports = {files: new MemoryFiles({[cluster.file]: text})} as unknown as Ports
  return openWish({cluster, ports}, optionsOf(flags))
}

it('a version that cannot be written into gha.yaml is refused before anybody is asked', async () => {
  const aliased = 'name: &v 12.1.0\ngrafana: { version: *v }\n'
  await expect(wish({to: '12.1.9'}, aliased)).rejects.toMatchObject({code: 'CLUSTER_FILE_INVALID', exit: 'usage'})
})

it('a command line without flags leaves gha.yaml as it is', async () => {
  const wished = await wish({})
  expect(wished.cluster).toEqual(cluster)
  expect(wished.limit).toBe(undefined)
})

it('every flag has its effect', async () => {
  const wished = await wish({
    to: '12.1.9',
    limit: ['gf2', 'gf3'],
    canary: 'gf2',
    'max-failed': 2,
    probe: false,
    'skip-balancer': ['lb2'],
    'backup-cmd': './snapshot prod',
  })
  expect(wished.cluster).toEqual({
    ...cluster,
    grafana: {...cluster.grafana, version: expect.objectContaining({major: 12, minor: 1, patch: 9})},
    rollout: {...plain.rollout, canary: 'gf2', maxFailed: 2},
    loadBalancer: {...cluster.loadBalancer, hosts: hosts.slice(0, 1), skipped: hosts.slice(1)},
    backup: {method: 'command', words: ['./snapshot', 'prod']},
  })
  expect(wished.limit).toEqual(new Set(['gf2', 'gf3']))
  expect((await wish({'skip-backup': true})).cluster.backup).toEqual({method: 'skip'})
})
