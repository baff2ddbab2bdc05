import {describe, expect, it} from 'vitest'
import {sshReachable} from '../../../src/lib/checks/ssh-reachable.ts'
import {aNodeObservation, aSilentNode, judgeNode} from '../../support/an-observation.ts'

describe('ssh/reachable', () => {
  it('passes a node that answered', () => {
    expect(judgeNode(sshReachable, aNodeObservation())).toMatchObject({status: 'passed', detail: 'through ssh2'})
  })

  it('fails with the reason, and tells a refused login apart', () => {
    expect(judgeNode(sshReachable, aSilentNode())).toMatchObject({status: 'failed', detail: 'no answer from port 22'})
    const failure = {code: 'SSH_AUTH_FAILED', exit: 'authentication', message: 'no key was taken'} as const
    const node = aSilentNode({access: {status: 'unreachable', failure}})
    expect(judgeNode(sshReachable, node)).toMatchObject({status: 'failed', cause: 'authentication'})
  })
})
