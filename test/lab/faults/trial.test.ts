import {describe, expect, it} from 'vitest'
import {NEW, OLD, trialCluster} from '../../support/trial-cluster.ts'

describe('a rollout on trial', () => {
  const {gha, onTrial, versions, errorOf} = trialCluster()

  it('goes back at once on Ctrl-C', async () => {
    const {process, ended} = await onTrial('gf1')
    process.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code, stderr).toBe(9)
    expect(stderr).toContain('Ending the trial, and undoing what was tried; press Ctrl-C again to stop at once.')
    expect(stderr).toContain('It was on trial and is undone: interrupted here.')
    expect(await versions()).toEqual([OLD, OLD, OLD])
  })

  it('is kept by one word of another gha, and only while it waits', async () => {
    expect(await errorOf('rollout', 'confirm')).toEqual({exit: 8, code: 'NO_RUN'})
    const {ended} = await onTrial('gf1')
    expect(await errorOf('rollout', 'pause')).toEqual({exit: 8, code: 'ON_TRIAL'})
    const {code, stderr} = await gha('rollout', 'confirm', '--reason', 'looks right')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('has heard it: what it has brought is kept.')
    expect(['NOT_TRYING', 'NO_RUN']).toContain((await errorOf('rollout', 'confirm')).code)
    const run = await ended
    expect(run.code, run.stderr).toBe(10)
    expect(run.stderr).toMatch(/It was on trial and is kept: confirmed by \S+@\S+: looks right\.$/m)
    expect(await versions()).toEqual([NEW, OLD, NEW])
  })

  it('stays as it is when its gha is killed, says so, and is gone back from by hand', async () => {
    const {process, ended} = await onTrial('gf2')
    process.kill('SIGKILL')
    await ended
    expect((await gha('rollout', 'status')).stdout).toContain('cut while it waited to be confirmed')
    const late = await gha('rollout', 'confirm')
    expect(late.code).toBe(8)
    expect(late.stderr).toContain('`gha rollout undo` goes back')
    expect(await versions()).toEqual([NEW, NEW, NEW])
    const next = await gha('rollout', '--yes')
    expect(next.code, next.stderr).toBe(0)
    expect(next.stderr).toContain('this run takes it as it is')
    const undo = await gha('rollout', 'undo', '--yes')
    expect(undo.code, undo.stderr).toBe(0)
    // Those that were tried one by one go back together: gha.yaml does, and so a node left there would wait for nobody.
    expect(await versions()).toEqual([OLD, OLD, OLD])
  })
})
