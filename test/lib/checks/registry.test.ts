import {readdirSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {judgeAll, needsAttention} from '../../../src/lib/checks/judge-all.ts'
import {CHECKS} from '../../../src/lib/checks/registry.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aJudged, anEmptyNode, aSilentNode} from '../../support/an-observation.ts'

const FOLDER = 'src/lib/checks'

function isCheck(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'id' in value && 'hint' in value
}

describe('the registry', () => {
  it.each(CHECKS.map(check => [check.id, check] as const))('holds %s to the form', (id, check) => {
    expect(id).toMatch(/^[a-z]+(\/[a-z]+(-[a-z]+)*)$/)
    expect(check.title).toMatch(/[^.]$/)
    expect(check.hint).toMatch(/^[A-Z].{20,}\.$/)
    expect(['error', 'warning']).toContain(check.severity)
  })

  it('names every check once', () => {
    expect(new Set(CHECKS.map(({id}) => id)).size).toBe(CHECKS.length)
    expect(new Set(CHECKS.map(({title}) => title)).size).toBe(CHECKS.length)
  })

  it('forgets no check: every file that has one is in it, under the name of the id', async () => {
    const files = readdirSync(FOLDER).filter(name => name !== 'registry.ts')
    const owned = await Promise.all(
      files.map(async name => Object.values(await import(path.resolve(FOLDER, name))).filter(isCheck).length > 0),
    )
    expect(files.filter((_, index) => owned[index]).toSorted()).toEqual(
      CHECKS.map(({id}) => `${id.replace('/', '-')}.ts`).toSorted(),
    )
  })
})

describe('all checks together', () => {
  it('find nothing wrong with a healthy cluster', () => {
    expect(judgeAll(aJudged()).filter(({status}) => status === 'failed' || status === 'unknown')).toEqual([])
  })

  it('skip what runs where nothing is installed yet', () => {
    const nodes = aCluster().nodes.map(() => anEmptyNode())
    const findings = judgeAll(aJudged({nodes}))
    expect(findings.filter(({status}) => status === 'failed' || status === 'unknown')).toEqual([])
    const skipped = findings.filter(({detail}) => detail === 'not installed yet').map(({check}) => check)
    expect(new Set(skipped)).toEqual(
      new Set([
        'package/versions-agree',
        'config/which-file',
        'config/newer-than-process',
        'service/running',
        'grafana/health',
        'grafana/effective-settings',
        'mesh/members',
      ]),
    )
  })

  it('pass nothing but what is not its own on a node that nobody could look at', () => {
    const findings = judgeAll(aJudged({nodes: [aSilentNode()]})).filter(({node}) => node === 'gf1')
    expect(findings.filter(({status}) => status === 'passed')).toEqual([])
    expect(findings.filter(needsAttention).length).toBeGreaterThan(10)
    expect(findings.find(({check}) => check === 'ssh/reachable')).toMatchObject({status: 'failed'})
  })

  it('give every finding a next step, its own where the verdict knows better', () => {
    const access = {
      status: 'unreachable',
      failure: {code: 'HOST_KEY_CHANGED', exit: 'preflight', message: 'changed', hint: 'Look at the key.'},
    } as const
    const [finding] = judgeAll(aJudged({nodes: [aSilentNode({access})]}))
    expect(finding).toMatchObject({check: 'ssh/reachable', hint: 'Look at the key.', detail: 'changed'})
  })

  it('know a warning from an error', () => {
    const cluster = aCluster()
    const nodes = [{...aJudged().observation.nodes[0]!, otherTools: known(['puppet'])}]
    const findings = judgeAll(aJudged({cluster, nodes})).filter(({status}) => status === 'failed')
    expect(findings).toMatchObject([{check: 'config/other-tools', severity: 'warning'}])
    expect(findings.some(needsAttention)).toBe(false)
  })
})
