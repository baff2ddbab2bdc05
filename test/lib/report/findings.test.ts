import {describe, expect, it} from 'vitest'
import type {Finding} from '../../../src/lib/checks/judge-all.ts'
import {judgeAll} from '../../../src/lib/checks/judge-all.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {
  findingLines,
  findingSteps,
  findingsDocument,
  findingsExit,
  findingsSummary,
  findingsTable,
} from '../../../src/lib/report/findings.ts'
import {aJudged, aSilentNode} from '../../support/an-observation.ts'

const aFinding = (wish: Partial<Finding> = {}): Finding => ({
  check: 'host/disk',
  node: 'gf1',
  status: 'passed',
  severity: 'error',
  title: 'there is room',
  detail: '20 GiB free',
  hint: 'Free some room.',
  ...wish,
})

const onAll = (wish: (node: string) => Partial<Finding>) =>
  ['gf1', 'gf2', 'gf3'].map(node => aFinding({node, ...wish(node)}))
const table = (findings: readonly Finding[]) => findingsTable(findings, {colour: false})

describe('the table of findings', () => {
  it('says once what is true everywhere', () => {
    expect(table(onAll(node => ({detail: `${node} free`})))).toBe('✓  host/disk  all 3  there is room')
  })

  it('shows what is wrong with its node and the next step', () => {
    const findings = onAll(node => (node === 'gf2' ? {status: 'failed', detail: '3 MiB\nfree'} : {}))
    expect(table(findings).split('\n')).toEqual([
      '✓  host/disk  gf1, gf3  there is room',
      '✗  host/disk  gf2       3 MiB free',
      '    → Free some room.',
    ])
  })

  it('gives several faults of one check one next step', () => {
    const findings = onAll(node => ({status: 'failed', detail: node}))
    expect(
      table(findings)
        .split('\n')
        .filter(line => line.includes('→')),
    ).toHaveLength(1)
    expect(table(findings).split('\n').at(-1)).toBe('    → Free some room.')
  })

  it('keeps different faults apart, and marks warnings, unknown and skipped', () => {
    const marks = table([
      aFinding({status: 'failed', detail: 'a'}),
      aFinding({node: 'gf2', status: 'failed', detail: 'b', severity: 'warning'}),
      aFinding({node: 'gf3', status: 'unknown', detail: 'c'}),
      aFinding({node: 'gf4', status: 'skipped', detail: 'd'}),
    ])
    expect(marks.match(/^[✗!?-]/gm)).toEqual(['✗', '!', '?', '-'])
  })

  it('shows an unreachable node once, not once per check', () => {
    const text = table(judgeAll(aJudged({nodes: [aSilentNode()]})))
    expect(text.match(/no answer from port 22/g)).toHaveLength(1)
    expect(text).toContain('✗  ssh/reachable')
  })

  it('speaks of the cluster where no node is meant', () => {
    const {node: _node, ...whole} = aFinding()
    expect(table([whole])).toBe('✓  host/disk  cluster  there is room')
  })

  it('has colours only when asked', () => {
    expect(table([aFinding()])).not.toContain('\u001b')
    expect(findingsTable([aFinding()], {colour: true})).toContain('\u001b[32m')
  })
})

describe('findings for other programs', () => {
  it('are one line each, with nothing folded', () => {
    const {node: _node, ...whole} = aFinding({status: 'unknown'})
    expect(findingLines([aFinding(), whole, aFinding({status: 'failed', severity: 'warning'})]).split('\n')).toEqual([
      'passed host/disk gf1 20 GiB free',
      'unknown host/disk - 20 GiB free',
      'warning host/disk gf1 20 GiB free',
    ])
  })

  it('are a document with a version', () => {
    expect(findingsDocument([aFinding()], 'prod')).toEqual({
      schemaVersion: 1,
      type: 'check',
      cluster: 'prod',
      exit: 0,
      findings: [aFinding()],
    })
  })

  it('come with each next step once, and none for a warning', () => {
    const failed = aFinding({status: 'failed'})
    const warning = aFinding({check: 'host/clock', status: 'failed', severity: 'warning'})
    expect(findingSteps([aFinding(), failed, {...failed, node: 'gf2'}, warning])).toEqual([
      'host/disk: Free some room.',
    ])
  })

  it('are counted in one line', () => {
    const failed = aFinding({status: 'failed'})
    const warning = aFinding({status: 'failed', severity: 'warning'})
    expect(findingsSummary([aFinding(), failed, warning, warning])).toBe('1 passed, 1 failed, 2 warnings')
    expect(findingsSummary([])).toBe('nothing was checked')
  })
})

describe('the exit of a check', () => {
  it.each([
    ['ok', 'passed', 'error'],
    ['ok', 'skipped', 'error'],
    ['ok', 'failed', 'warning'],
    ['ok', 'unknown', 'warning'],
    ['preflight', 'failed', 'error'],
    ['preflight', 'unknown', 'error'],
  ] as const)('is %s when an item is %s and its severity %s', (exit, status, severity) => {
    expect(findingsExit([aFinding(), aFinding({status, severity})])).toBe(exit)
  })

  it('is about authentication when nothing but logins failed', () => {
    const failure = {code: 'SSH_AUTH_FAILED', exit: 'authentication', message: 'no key was taken'} as const
    const nodes = [aSilentNode({access: {status: 'unreachable', failure}})]
    expect(findingsExit(judgeAll(aJudged({nodes})))).toBe('authentication')
    expect(findingsExit(judgeAll(aJudged({nodes: [nodes[0]!, aSilentNode()]})))).toBe('preflight')
  })

  it('is about authentication when the database refuses every node', () => {
    const database = known({outcome: 'authentication', message: 'wrong password'} as const)
    const nodes = aJudged().observation.nodes.map(node => ({...node, database}))
    expect(findingsExit(judgeAll(aJudged({nodes})))).toBe('authentication')
  })
})
