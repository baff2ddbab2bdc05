import {describe, expect, it} from 'vitest'
import {refuseStale} from '../../../../src/lib/actions/change/refuse-stale.ts'
import {readSavedPlan, type Savable, writeSavedPlan} from '../../../../src/lib/actions/change/saved-plan-file.ts'
import type {Survey} from '../../../../src/lib/actions/change/survey.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import {planChanges} from '../../../../src/lib/plan/plan-changes.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {aSituation} from '../../../support/a-situation.ts'
import {FakeClock} from '../../../support/fake-ports.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'

const FILE = '/work-on/plan.json'
const YAML = 'grafana:\n  version: 12.1.0\n'
const cluster = aCluster({loadBalancer: aHaproxy(), grafana: {version: versionOf('12.1.1')}})

function savable(reasons: readonly string[] = ['package 12.1.0 → 12.1.1']): Savable {
  const situations = [aSituation('gf1', {reasons})]
  const plan = planChanges({cluster, verb: 'rollout', situations, balancerFiles: [], schema: {there: true}})
  const observation = {at: 0, nodes: [], balancer: known([])}
  return {
    cluster,
    options: {to: '12.1.1'},
    survey: {plan, situations, observation, balancerFiles: []} as unknown as Survey,
  }
}

const portsWith = (files: MemoryFiles) => ({files, clock: new FakeClock()}) as unknown as Ports

describe('a file with a plan', () => {
  it('is for its owner alone, and is read again', async () => {
    const files = new MemoryFiles({[cluster.file]: YAML})
    await writeSavedPlan(FILE, savable(), portsWith(files))
    expect(await files.mode(FILE)).toBe(0o600)
    expect(await readSavedPlan(FILE, cluster, {files})).toMatchObject({cluster: 'prod', to: '12.1.1'})
  })

  it('takes the place of another plan, and of nothing else', async () => {
    const files = new MemoryFiles({[cluster.file]: YAML, '/work-on/notes': 'mine'})
    await writeSavedPlan(FILE, savable(), portsWith(files))
    await writeSavedPlan(FILE, savable(['update a file']), portsWith(files))
    expect(files.text(FILE)).toContain('update a file')
    for (const other of [cluster.file, '/work-on/notes']) {
      await expect(writeSavedPlan(other, savable(), portsWith(files))).rejects.toMatchObject({exit: 'usage'})
    }
    expect(files.text('/work-on/notes')).toBe('mine')
  })

  it('does not take the place of a folder or a pipe, which nobody reads to see what it is', async () => {
    for (const kind of ['folder', 'other'] as const) {
      const files = Object.assign(new MemoryFiles({[cluster.file]: YAML}), {
        kind: async () => kind,
        read: async () => new Promise<never>(() => undefined),
      })
      await expect(writeSavedPlan(FILE, savable(), portsWith(files))).rejects.toMatchObject({code: 'PLAN_FILE_INVALID'})
    }
  })

  it('that is not there, or no plan, is wrong usage', async () => {
    const files = new MemoryFiles({[FILE]: '{}'})
    for (const file of [FILE, '/work-on/missing']) {
      await expect(readSavedPlan(file, cluster, {files})).rejects.toMatchObject({
        code: 'PLAN_FILE_INVALID',
        exit: 'usage',
        message: expect.stringContaining(file),
      })
    }
  })
})

describe('a run with a saved plan', () => {
  async function refusal(now: Savable, yaml = YAML): Promise<unknown> {
    const files = new MemoryFiles({[cluster.file]: YAML})
    await writeSavedPlan(FILE, savable(), portsWith(files))
    const saved = await readSavedPlan(FILE, cluster, {files})
    files.put(cluster.file, yaml, 0o600)
    return refuseStale({cluster, saved}, portsWith(files), now.survey).catch(error => error)
  }

  it('goes on while it holds, also once the version is written', async () => {
    expect(await refusal(savable())).toBeUndefined()
    expect(await refusal(savable(), YAML.replace('12.1.0', '12.1.1'))).toBeUndefined()
  })

  it('is refused with what has moved', async () => {
    expect(await refusal(savable(['package 12.0.0 → 12.1.1']))).toMatchObject({
      code: 'PLAN_STALE',
      exit: 'preflight',
      message: expect.stringContaining('gf1: package 12.0.0 → 12.1.1; the plan was for'),
    })
    expect(await refusal(savable(), `${YAML}# a note\n`)).toMatchObject({message: expect.stringContaining('gha.yaml')})
  })
})
