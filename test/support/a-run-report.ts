import {availabilityOf} from '../../src/lib/probe/availability.ts'
import type {RunReport} from '../../src/lib/report/run-report.ts'
import {aLostSample, samplesFrom} from './a-sample.ts'

const AT = 1_800_000_000_000
const SECOND = 1000

/** A run of two nodes; users notice the second. */
export function aRunReport(given: Partial<RunReport> = {}): RunReport {
  const lost = Array.from({length: 4}, (_, index) => aLostSample(AT + (30 + index) * SECOND))
  const samples = [...samplesFrom(AT, 120), ...lost, ...samplesFrom(AT + 34 * SECOND, 60, {milliseconds: 42})]
  const bounds = {from: AT + 5 * SECOND, to: AT + 45 * SECOND}
  const step = (
    node: string,
    name: 'drain' | 'activate' | 'gate' | 'soak' | 'revert',
    [from, to]: readonly [number, number],
  ) =>
    ({
      node,
      step: name,
      from: AT + from * SECOND,
      to: AT + to * SECOND,
      result: name === 'soak' && node === 'gf2' ? 'failed' : 'done',
    }) as const
  return {
    cluster: 'prod',
    verb: 'rollout',
    from: '12.1.0',
    to: '12.1.1',
    run: '20270115T080000-abcd',
    result: 'partial',
    milliseconds: 49_000,
    nodes: [
      {node: 'gf1', result: 'done'},
      {node: 'gf2', result: 'failed', step: 'soak', code: 'PROBE_BUDGET_SPENT', aftermath: 'restored'},
    ],
    timeline: [
      step('gf1', 'drain', [5, 9]),
      step('gf1', 'activate', [9, 14]),
      step('gf1', 'gate', [14, 20]),
      step('gf2', 'drain', [20, 23]),
      step('gf2', 'activate', [23, 28]),
      step('gf2', 'soak', [29, 34]),
      step('gf2', 'revert', [34, 45]),
    ],
    users: {
      where: 'http://grafana.lab/ from this machine',
      availability: availabilityOf(samples, bounds),
      samples,
      bounds,
    },
    ...given,
  }
}
