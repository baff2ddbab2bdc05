import {describe, expect, it} from 'vitest'
import {silentBalancer, silentHost} from '../../../../src/lib/actions/change/silent-balancer.ts'
import type {GhaError} from '../../../../src/lib/errors/gha-error.ts'
import {anSshTarget} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {unreachable} from '../../../support/fake-ports.ts'

const two = aHaproxy({hosts: ['lb1', 'lb2'].map(name => ({name, ssh: anSshTarget()}))})

describe('a balancer that cannot be asked', () => {
  it('keeps its code and its hint, and tells the way around where another host is left', () => {
    const denied = {
      known: false,
      reason: 'lb2: denied',
      code: 'BALANCER_SOCKET_DENIED',
      hint: 'Use sudo there.',
    } as const
    expect(silentBalancer(two, denied)).toMatchObject({
      code: 'BALANCER_SOCKET_DENIED',
      message: 'the balancer cannot be asked: lb2: denied',
      hint: 'Use sudo there. A host that is dead, and serves nobody, can be left out with `--skip-balancer NAME`.',
    })
    expect(silentBalancer(aHaproxy(), denied)).toMatchObject({hint: 'Use sudo there.'})
  })

  it('names the host that is silent, and says that nothing was changed', () => {
    expect(silentHost(two, 'lb2', unreachable('lb2'))).toMatchObject({
      code: 'HOST_UNREACHABLE',
      node: 'lb2',
      unchanged: 'Nothing was changed.',
      hint: expect.stringContaining('`--skip-balancer lb2`'),
    })
    const {code, message, exit, hint} = unreachable('lb1')
    const alone = silentHost(aHaproxy(), 'lb1', unreachable('lb1'))
    expect(alone).toMatchObject({code, message, exit, node: 'lb1', unchanged: 'Nothing was changed.'})
    expect((alone as GhaError).hint).toBe(hint)
  })
})
