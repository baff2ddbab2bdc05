import {describe, expect, it} from 'vitest'
import {versionOf} from '../../../src/lib/model/version.ts'
import type {Plan} from '../../../src/lib/plan/plan.ts'
import {planText} from '../../../src/lib/report/plan.ts'

const version = versionOf('12.1.0')
const plan: Plan = {
  verb: 'apply',
  cluster: 'c',
  from: version,
  to: version,
  step: {kind: 'none', reason: 'the version stays'},
  waves: [
    [
      {
        node: 'gf1',
        release: {id: '12.1.0-x', version, files: []},
        reasons: ['update /etc/grafana/grafana.ini'],
        changes: [{path: '/etc/grafana/grafana.ini', change: 'update', foreign: 'edited'}],
        seen: new Map(),
        steps: [{kind: 'disarm'}],
      },
    ],
  ],
  balancerFiles: [{balancer: 'lb1', path: '/etc/haproxy/haproxy.cfg', change: 'update', foreign: 'unmanaged'}],
  pending: [],
}
const text = planText(
  plan,
  [
    {node: 'lb1', path: '/etc/haproxy/haproxy.cfg', lines: ['-  maxconn 77']},
    {node: 'gf1', path: '/etc/grafana/grafana.ini', lines: ['+allow = true']},
  ],
  {colour: false},
)
const [balancer = '', node = ''] = text.split('\n\n').slice(1)

describe('a plan in words', () => {
  it("shows what changes in a balancer's file, and that it is not gha's", () => {
    expect(balancer).toContain('lb1      update /etc/haproxy/haproxy.cfg: not written by gha')
    expect(balancer).toContain('-  maxconn 77')
    expect(balancer).not.toContain('allow')
  })

  it('names the files of a node that somebody edited', () => {
    expect(node).toContain('/etc/grafana/grafana.ini: edited since gha wrote it')
    expect(node).toContain('+allow = true')
  })
})
