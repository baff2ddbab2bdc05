import {globSync, readFileSync, writeFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {CHECKS} from '../../../src/lib/checks/registry.ts'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {OLD_RELEASE_CHECKS, recover, STAY_AWAY} from '../../../src/lib/rollout/recover.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aTurn, ObedientBalancer} from '../../support/a-run.ts'
import {LocalHost} from '../../support/local-host.ts'
import {ShamNode} from '../../support/sham-node.ts'

const lost = (node: string) => new GhaError('the connection was lost', {code: 'HOST_LOST', exit: 'partial', node})

describe('a turn that failed', () => {
  it('leaves a node alone whose last script has no known end', async () => {
    const balancer = new ObedientBalancer({gf1: 'drain'})
    const node = aNode({name: 'gf1', balancerName: 'gf1'})
    const turn = aTurn({cluster: aCluster({nodes: [node]}), node, balancer})
    await expect(recover(turn, {kind: 'drain', timeoutSeconds: 1}, lost('gf1'))).resolves.toEqual({
      state: 'held-out',
      reason: 'the connection was lost',
    })
    expect(balancer.told).toEqual([])
  })

  it('says of a node that could not be armed nor disarmed that it is as before, where nobody has drained it', async () => {
    const refused = new GhaError('sudo wants a password', {code: 'SUDO_PASSWORD_NEEDED', exit: 'authentication'})
    const host = new LocalHost('gf1')
    host.run = async () => {
      throw refused
    }
    const node = aNode({name: 'gf1', balancerName: 'gf1'})
    const balancer = new ObedientBalancer({gf1: 'in'})
    const cluster = aCluster({nodes: [node], grafana: {install: {method: 'none'}}})
    const arm = {kind: 'arm', seconds: 1} as const
    const drain = {kind: 'drain', timeoutSeconds: 1} as const
    const turn = aTurn({cluster, node, balancer, hosts: {gf1: host}, steps: [arm, drain]})
    await expect(recover(turn, arm, refused)).resolves.toEqual({state: 'restored'})
    expect(balancer.told).toEqual([])
    await expect(recover(turn, drain, refused)).resolves.toMatchObject({state: 'left-in'})
    await balancer.drain(node)
    await expect(recover(turn, drain, refused)).resolves.toMatchObject({state: 'held-out'})
  })

  it('judges an old release only by checks that are in the registry', () => {
    const ids = CHECKS.map(({id}) => id)
    expect(ids).toEqual(expect.arrayContaining([...OLD_RELEASE_CHECKS]))
  })

  it('stays away for codes that are thrown somewhere', () => {
    const sources = globSync('src/**/*.ts').filter(file => !file.endsWith('recover.ts'))
    const text = sources.map(file => readFileSync(file, 'utf8')).join('\n')
    expect([...STAY_AWAY].filter(code => !text.includes(`'${code}'`))).toEqual([])
  })

  it('says of a node that was out before that it is held out, not that all is as before', async () => {
    const sham = new ShamNode()
    try {
      const node = aNode({name: 'gf1', paths: {...aNode().paths, state: sham.state}})
      const cluster = aCluster({nodes: [node], grafana: {install: {method: 'none'}}})
      const turn = aTurn({cluster, node, hosts: {gf1: sham.host}})
      const refused = new GhaError('no', {code: 'SCRIPT_FAILED', exit: 'bug', node: 'gf1'})
      await expect(recover(turn, {kind: 'arm', seconds: 1}, refused)).resolves.toEqual({
        state: 'held-out',
        reason: 'it was out before this run',
      })
    } finally {
      sham.remove()
    }
  })

  it('leaves a file that somebody edited before the swap, and the Grafana that never stopped', async () => {
    const sham = new ShamNode()
    try {
      const {release, staged} = await sham.bringUp('12.1.0', 'old')
      const asked = sham.asked()
      const {service, paths} = {service: NOTED(sham.log), paths: {...aNode().paths, home: sham.home, state: sham.state}}
      const node = aNode({name: 'gf1', balancerName: 'gf1', service, paths})
      const balancer = new ObedientBalancer({gf1: 'drain'})
      const cluster = aCluster({nodes: [node], grafana: {install: {method: 'none'}}})
      const steps = [{kind: 'drain', timeoutSeconds: 1}, ACTIVATE, {kind: 'undrain'}] as const
      const given = aTurn({cluster, node, balancer, hosts: {gf1: sham.host}, steps})
      const wayBack = new Map([['gf1', {...staged, wayBack: true, previous: release.id}]])
      const turn = {...given, run: {...given.run, staged: wayBack}}
      writeFileSync(sham.ini, 'edited by hand')
      const edited = new GhaError('edited', {code: 'FILE_CHANGED', exit: 'preflight', node: 'gf1'})
      await expect(recover(turn, ACTIVATE, edited)).resolves.toEqual({state: 'restored'})
      expect(readFileSync(sham.ini, 'utf8')).toBe('edited by hand')
      expect(sham.asked()).toEqual(asked)
      expect(balancer.told).toEqual(['gf1 in'])
    } finally {
      sham.remove()
    }
  })
})

const ACTIVATE = {kind: 'activate', seconds: 60} as const
const NOTED = (log: string) => {
  const note = (word: string) => ['/bin/sh', '-c', `echo ${word} >>"$0"`, log] as const
  return {manager: 'command', stop: note('stop'), restart: note('restart'), status: note('status')} as const
}
