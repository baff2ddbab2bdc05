import {describe, expect, it} from 'vitest'
import {eventually} from '../support/eventually.ts'
import {NEW, OLD, trialCluster} from '../support/trial-cluster.ts'

const TURN_MILLISECONDS = 120_000

describe('a rollout', () => {
  const {gha, start, versions, wished, errorOf, forget, refuseJournals, clusterFile, ...cluster} = trialCluster()
  const {noteHooks, hooksRun} = cluster

  it('puts neither its plan nor its report where another file stands or none can be, with one document for machines', async () => {
    const to = ['--to', NEW]
    expect(await errorOf('plan', ...to, '--out', clusterFile())).toEqual({exit: 2, code: 'PLAN_FILE_INVALID'})
    expect(await errorOf('rollout', ...to, '--yes', '--report', clusterFile())).toEqual({exit: 2, code: 'FILE'})
    expect(await errorOf('rollout', ...to, '--yes', '--report', '/dev/null/run.html')).toEqual({exit: 2, code: 'FILE'})
    expect(await versions()).toEqual([OLD, OLD, OLD])
  })

  it('shows in a dry run what the command line wishes over gha.yaml', async () => {
    const words = ['--to', '12.2.0', '--canary', 'gf2', '--skip-backup', '--no-probe']
    const {code, stdout, stderr} = await gha('rollout', ...words, '--dry-run', '-o', 'json')
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{type: 'plan', to: '12.2.0', versionStep: {kind: 'additive'}},
      waves: [[{node: 'gf2'}], [{node: 'gf1'}]],
      backup: {method: 'skip'},
      watch: 'nobody watches what users get meanwhile, as wished',
    })
  })

  it('is told which balancer is dead, as a drain is', async () => {
    const skip = ['--skip-balancer', 'nonesuch', '--dry-run']
    const refused = {exit: 2, code: 'BALANCER_SKIP'}
    expect(await errorOf('rollout', '--to', NEW, ...skip)).toEqual(refused)
    expect(await errorOf('drain', 'gf1', ...skip)).toEqual(refused)
  })

  it('that is stopped before its first node leaves all as it was, gha.yaml too', async () => {
    const {process, ended} = start('rollout', '--to', NEW, '--yes')
    await eventually('gha.yaml has the new version', TURN_MILLISECONDS, () => wished() === NEW)
    process.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code, stderr).toBe(5)
    expect(stderr).toContain('Stopping before the first node is touched')
    expect(stderr).toContain('Stopped before any node was touched, as asked.')
    expect(await versions()).toEqual([OLD, OLD, OLD])
  })

  /** What it said until its second Ctrl-C. */
  async function cutAtFirstGate(...words: readonly string[]): Promise<string> {
    const {process, ended, said} = start(...words)
    const says = (what: string) => eventually(`it says ${what}`, TURN_MILLISECONDS, () => said().includes(what))
    await says('gate: healthy within')
    process.kill('SIGINT')
    await says('Finishing gf1, then stopping; press Ctrl-C again to stop at once.')
    process.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code, stderr).toBe(130)
    return stderr
  }

  it('exits 130 at the second Ctrl-C, says how each node stands, and is taken up by the same command', async () => {
    const words = ['rollout', '--to', NEW, '--yes']
    const stderr = await cutAtFirstGate(...words)
    expect(stderr).toContain(
      'gf1 was at gate: it may be out of the balancer, and goes back to its old release by itself',
    )
    expect(stderr).toContain('gf2: not begun, as before.')
    expect(await versions()).toEqual([NEW, OLD, NEW])
    expect(await gha(...words)).toMatchObject({code: 0})
    expect(await versions()).toEqual([NEW, NEW, NEW])
  })

  it('is undone where it was going although the undo was cut', async () => {
    const words = ['rollout', 'undo', '--yes']
    await cutAtFirstGate(...words)
    expect(await versions()).toEqual([OLD, NEW, OLD])
    expect(await gha(...words)).toMatchObject({code: 0})
    expect(await versions()).toEqual([OLD, OLD, OLD])
  })

  it('undoes that undo, forward again, where its journal cannot be written, which it says once', async () => {
    refuseJournals()
    const {code, stderr} = await gha('rollout', 'undo', '--yes')
    expect(code, stderr).toBe(0)
    expect(stderr.match(/The journal \S+\.jsonl cannot be written: ENOTDIR/g)).toHaveLength(1)
    expect(await versions()).toEqual([NEW, NEW, NEW])
    const {runs} = JSON.parse((await gha('rollout', 'history', '-o', 'json')).stdout)
    expect(runs[0]).toMatchObject({verb: 'undo', result: 'done', finished: ['gf1', 'gf2']})
  })

  it('does not begin where a hook says no; what goes without hooks runs none', async () => {
    noteHooks('preRollout')
    expect(await errorOf('rollout', '--to', OLD, '--yes')).toEqual({exit: 8, code: 'HOOK_FAILED'})
    expect(hooksRun()).toEqual(['preConnect', 'postConnect', 'preRollout'])
    expect(await versions()).toEqual([NEW, NEW, NEW])
    expect(await gha('apply', '--yes', '--skip-hooks')).toMatchObject({code: 0})
    expect(hooksRun()).toEqual([])
  })

  it('stops before the first drain where a node could not go back, until the operator says so', async () => {
    noteHooks()
    forget('gf2', NEW)
    const words = ['rollout', '--to', OLD, '--yes']
    expect(await errorOf(...words)).toEqual({exit: 8, code: 'NO_WAY_BACK'})
    expect(hooksRun()).toEqual(['preConnect', 'postConnect', 'preRollout', 'postRollout failed'])
    expect(await versions()).toEqual([NEW, NEW, NEW])
    const {code, stderr} = await gha(...words, '--accept-no-rollback')
    expect(code, stderr).toBe(0)
    expect(await versions()).toEqual([OLD, OLD, OLD])
  })

  it('has run every hook around that, each node in its turn', () => {
    const turn = (node: string) => [`preNode ${node}`, `preDrain ${node}`, `postDrain ${node}`, `postNode ${node} done`]
    const before = ['preConnect', 'postConnect', 'preRollout']
    expect(hooksRun()).toEqual([...before, ...turn('gf1'), ...turn('gf2'), 'postRollout done'])
  })
})
