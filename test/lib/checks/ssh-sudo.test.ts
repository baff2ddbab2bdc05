import {describe, expect, it} from 'vitest'
import {sshSudo} from '../../../src/lib/checks/ssh-sudo.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aNodeObservation, aSilentNode, judgeNode} from '../../support/an-observation.ts'

const asUser = (uid: number) =>
  aNodeObservation({
    rights: known({uid}),
  })

describe('ssh/sudo', () => {
  it('passes root', () => {
    expect(judgeNode(sshSudo, asUser(0))).toMatchObject({status: 'passed'})
  })

  it('fails another user where packages are installed', () => {
    expect(judgeNode(sshSudo, asUser(1000))).toMatchObject({status: 'failed'})
  })

  it('passes another user where nothing needs root', () => {
    const service = {manager: 'command', stop: ['a'], restart: ['a'], status: ['a']} as const
    const install = {method: 'tarball', source: {type: 'push', directory: '/t'}} as const
    const cluster = aCluster({grafana: {install}, nodes: [aNode({service})]})
    expect(judgeNode(sshSudo, asUser(1000), {cluster})).toMatchObject({status: 'passed'})
  })

  it('fails with the words of sudo', () => {
    const failure = {code: 'SUDO_DENIED', exit: 'authentication', message: 'may not', hint: 'Run visudo.'} as const
    expect(judgeNode(sshSudo, aSilentNode({access: {status: 'powerless', failure}}))).toMatchObject({
      status: 'failed',
      detail: 'may not',
      hint: 'Run visudo.',
      cause: 'authentication',
    })
  })

  it('is unknown where nobody could log in', () => {
    expect(judgeNode(sshSudo, aSilentNode())).toMatchObject({status: 'unknown'})
  })
})
