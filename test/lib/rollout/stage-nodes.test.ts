import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {Secret} from '../../../src/lib/model/secret.ts'
import type {Host} from '../../../src/lib/ports/host.ts'
import {stageNodes} from '../../../src/lib/rollout/stage-nodes.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aTurn} from '../../support/a-run.ts'
import {inputOf} from '../../support/input-of.ts'

const ARCHIVE = new TextEncoder().encode('the archive')

interface Answers {
  /** Whether the package lies on the node already. */
  readonly atHand?: boolean
  readonly staged?: string | Error
}

/** A node that keeps what was sent to it. */
class StagingHost implements Host {
  readonly transport = 'fake'
  readonly sent: string[] = []
  readonly name: string
  readonly #answers: Answers

  constructor(name: string, answers: Answers = {}) {
    this.name = name
    this.#answers = answers
  }

  run: Host['run'] = async script => {
    const {atHand = false, staged = 'previous\x0012.0.0-x\0way-back\0yes\0'} = this.#answers
    if (script.name === 'look for the packages')
      return this.#parsed(script, `${atHand ? 'wished\0yes\0' : ''}machine\0x86_64\0`, 0)
    if (script.name !== 'stage') throw new Error(`unexpected script ${script.name}`)
    if (staged instanceof Error) throw staged
    this.sent.push(Buffer.from(inputOf(script.input)).toString())
    return this.#parsed(script, staged, 0)
  }

  #parsed<T>(script: Parameters<Host['run']>[0], stdout: string, exitCode: number): T {
    return script.parse({exitCode, stdout: new TextEncoder().encode(stdout), stderr: ''}) as T
  }

  async dial(): Promise<never> {
    throw new Error('unexpected dial')
  }

  async close(): Promise<void> {}
}

function staging(hosts: readonly StagingHost[], kinds: readonly ('activate' | 'disarm')[] = []) {
  const nodes = hosts.map(({name}) => aNode({name}))
  const cluster = aCluster({
    nodes,
    grafana: {install: {method: 'tarball', source: {type: 'push', directory: '/packages'}}},
  })
  const {run} = aTurn({cluster, hosts: Object.fromEntries(hosts.map(host => [host.name, host]))})
  const waves = nodes.map((node, place) => {
    const kind = kinds[place] ?? 'activate'
    return [{...aTurn({cluster, node}).plan, steps: [kind === 'activate' ? {kind, seconds: 1} : {kind}]}]
  })
  let reads = 0
  const archives = {
    find: async () => undefined,
    read: async () => {
      reads += 1
      return ARCHIVE
    },
  }
  const ini = {path: '/etc/grafana/grafana.ini', content: new Secret('[server]\n')}
  const filesOf = () => [ini] as unknown as ReturnType<Parameters<typeof stageNodes>[1]['filesOf']>
  return {
    staged: stageNodes({...run, plan: {...run.plan, waves}}, {filesOf, archives, setUp: ''}),
    reads: () => reads,
  }
}

describe('staging', () => {
  it('tells of each node what it goes back to', async () => {
    const {staged} = staging([new StagingHost('gf1'), new StagingHost('gf2', {staged: 'way-back\0no\0'})])
    expect(Object.fromEntries(await staged)).toEqual({
      gf1: {previous: '12.0.0-x', wayBack: true},
      gf2: {wayBack: false},
    })
  })

  it('sends nothing to a node that will not be swapped', async () => {
    const hosts = [new StagingHost('gf1'), new StagingHost('gf2')]
    await staging(hosts, ['activate', 'disarm']).staged
    expect(hosts.map(({sent}) => sent.length)).toEqual([1, 0])
  })

  it('sends the archive only where the node lacks the package', async () => {
    const hosts = [new StagingHost('gf1', {atHand: true}), new StagingHost('gf2')]
    const {staged, reads} = staging(hosts)
    await staged
    expect(hosts.map(({sent}) => sent.some(text => text.includes('the archive')))).toEqual([false, true])
    expect(reads()).toBe(1)
  })

  it('fails with the node whose staging failed, and promises that nothing was touched', async () => {
    const full = new GhaError('no room for the release', {code: 'SCRIPT_FAILED', exit: 'bug'})
    const {staged} = staging([new StagingHost('gf1'), new StagingHost('gf2', {staged: full})])
    await expect(staged).rejects.toMatchObject({
      code: 'STAGING_FAILED',
      exit: 'reverted',
      node: 'gf2',
      message: 'no room for the release',
      unchanged: 'No Grafana was touched.',
    })
  })
})
