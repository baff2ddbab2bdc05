import {describe, expect, it} from 'vitest'
import type {ClusterStatus, NodeStatus} from '../../../../src/lib/report/status/cluster-status.ts'
import {statusText} from '../../../../src/lib/report/status/status-text.ts'
import {NOW} from '../../../support/an-observation.ts'

const aNodeStatus = (wish: Partial<NodeStatus> = {}): NodeStatus => ({
  node: 'gf1',
  reached: true,
  balancer: [{balancer: 'lb1', state: 'in', words: 'UP'}],
  version: '12.1.0',
  config: {fingerprint: '0123456789ab', state: 'as wished'},
  upSeconds: 93_784,
  databaseMilliseconds: 1.23,
  mesh: {members: 3, position: 0},
  notes: [],
  ...wish,
})

const aStatus = (wish: Partial<ClusterStatus> = {}): ClusterStatus => ({
  cluster: 'prod',
  at: NOW,
  wishedVersion: '12.1.0',
  nodes: [aNodeStatus()],
  ...wish,
})

const text = (wish: Partial<ClusterStatus> = {}) => statusText(aStatus(wish), {colour: false}).split('\n')

describe('the screen of a cluster', () => {
  it('is one line per node below one line of heads', () => {
    const down = aNodeStatus({
      node: 'gf2',
      reached: false,
      notes: ['no answer\nfrom port 22'],
      balancer: [
        {balancer: 'lb1', state: 'in', words: 'UP'},
        {balancer: 'lb2', state: 'down', words: 'DOWN'},
      ],
    })
    const {version: _v, config: _c, upSeconds: _u, databaseMilliseconds: _d, mesh: _m, ...bare} = down
    expect(text({nodes: [aNodeStatus(), bare]})).toEqual(
      [
        'prod  Grafana 12.1.0  2027-01-15 08:00:00 UTC',
        '',
        'NODE  BALANCER  VERSION  CONFIG        UP    DATABASE  MESH   NOTES',
        'gf1   in        12.1.0   0123456789ab  1d 2h  1.2 ms    3 (0)',
        'gf2   down/in   -        ?             -     -         -      no answer from port 22',
      ].map(line =>
        line.replace('UP    DATABASE', 'UP     DATABASE').replace('-     -         -  ', '-      -         -  '),
      ),
    )
  })

  it('says who holds the lock and that the balancer is silent', () => {
    const held = {run: 'r7', owner: 'ann', hostname: 'laptop', reason: 'gha rollout', since: 0, nodes: []}
    const renewedBefore = (renewedSecondsAgo: number) =>
      text({lock: {...held, renewedSecondsAgo}, balancerSilent: 'no socket'})
    const lines = renewedBefore(62)
    expect(lines).toContain('Locked by ann@laptop for `gha rollout`, run r7, renewed 1m 2s ago: it was cut')
    expect(renewedBefore(3)).toContain('Locked by ann@laptop for `gha rollout`, run r7, renewed 3s ago')
    expect(renewedBefore(40)).toContain(
      'Locked by ann@laptop for `gha rollout`, run r7, renewed 40s ago: it is under way, or was cut less than a minute ago',
    )
    expect(lines).toContain('The balancer does not tell: no socket')
  })

  it.each([
    [0, '0s'],
    [59, '59s'],
    [60, '1m'],
    [3_661, '1h 1m'],
    [86_400, '1d'],
  ])('spells %d seconds as %s', (upSeconds, words) => {
    expect(text({nodes: [aNodeStatus({upSeconds})]})[3]).toContain(`  ${words}  `)
  })

  it('marks what is not as wished', () => {
    const node = aNodeStatus({version: '12.0.0', config: {fingerprint: 'ffffffffffff', state: 'pending'}})
    expect(text({nodes: [node]})[3]).toContain('12.0.0   ffffffffffff pending')
    expect(statusText(aStatus({nodes: [node]}), {colour: true})).toContain('\u001b[33m12.0.0')
  })
})
