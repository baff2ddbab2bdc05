import {describe, expect, it} from 'vitest'
import {beforeConnecting} from '../../../../src/lib/actions/change/before-connecting.ts'
import {shownHooks} from '../../../../src/lib/actions/change/shown-hooks.ts'
import {skipHooks} from '../../../../src/lib/actions/change/skip-hooks.ts'
import type {Cluster} from '../../../../src/lib/model/cluster.ts'
import type {HookEnd} from '../../../../src/lib/ports/hook-programs.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {aHook} from '../../../support/a-hook.ts'
import {FakeClock} from '../../../support/fake-ports.ts'

const cluster = aCluster({hooks: {preConnect: aHook({argv: ['./tunnel', 'db-password']}), postNode: aHook()}})

function connecting(given: Partial<{missing: string; end: HookEnd; dryRun: boolean; cluster: Cluster}>) {
  const ran: string[] = []
  const hookPrograms: Ports['hookPrograms'] = {
    isThere: async program => program !== given.missing,
    run: async ({environment}) => {
      ran.push(environment['GHA_HOOK'] ?? '')
      return given.end ?? {how: 'exited', code: 0}
    },
  }
  const scene = {cluster: given.cluster ?? cluster, calledFor: 'rollout', progress: () => undefined} as const
  const ports = {hookPrograms, clock: new FakeClock()} as unknown as Ports
  return {ran, done: beforeConnecting({...scene, dryRun: given.dryRun ?? false}, ports)}
}

describe('before the first host is reached', () => {
  it('preConnect runs', async () => {
    const {ran, done} = connecting({})
    await done
    expect(ran).toEqual(['preConnect'])
  })

  it('a program that is not there is named, whichever hook it is for, and none runs', async () => {
    const {ran, done} = connecting({missing: './hook'})
    await expect(done).rejects.toMatchObject({
      code: 'HOOK_MISSING',
      exit: 'preflight',
      message: 'there is no program ./hook that can be run for `hooks.postNode`',
    })
    expect(ran).toEqual([])
  })

  it('a preConnect that fails ends the command, without the secret among its words', async () => {
    const {done} = connecting({end: {how: 'late'}})
    await expect(done).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      exit: 'preflight',
      message: './tunnel [secret] did not end within 60 s and was ended',
    })
  })

  it('nothing runs in a dry run, nor when the hooks are skipped', async () => {
    for (const given of [{dryRun: true}, {cluster: skipHooks(cluster), missing: './tunnel'}]) {
      const {ran, done} = connecting(given)
      await done
      expect(ran).toEqual([])
    }
  })
})

describe('the hooks in a plan', () => {
  it('stand in the order of a run, and hide secrets', () => {
    expect(shownHooks(cluster)).toEqual([
      {hook: 'preConnect', words: './tunnel [secret]', deadlineSeconds: 60, onFailure: 'stop'},
      {hook: 'postNode', words: './hook', deadlineSeconds: 60, onFailure: 'stop'},
    ])
  })
})
