import {expect, it} from 'vitest'
import type {NodeObservation} from '../../../src/lib/facts/node-observation.ts'
import {SignsOfLife} from '../../../src/lib/rollout/signs-of-life.ts'

/** Whether there is life at each look; `silent`: the node was not seen. */
const told = (...pids: readonly (number | 'none' | 'silent')[]): readonly boolean[] => {
  const life = new SignsOfLife()
  return pids.map(pid => life.seenIn(look(pid)))
}

function look(pid: number | 'none' | 'silent'): NodeObservation {
  if (pid === 'silent') return {service: {known: false, reason: 'no answer'}} as NodeObservation
  const process = pid === 'none' ? {} : {process: {pid, startTicks: 1}}
  return {service: {known: true, value: process}} as unknown as NodeObservation
}

it('holds a Grafana for alive that is slow, or was started once more', () => {
  expect(told(1, 1, 1, 1)).not.toContain(false)
  expect(told(1, 1, 2, 2, 2)).not.toContain(false)
  expect(told('none', 'none', 1, 1, 1)).toEqual([true, true, false, true, true])
})

it('holds one for ended that is not there, or is another one at every look', () => {
  expect(told('none', 'none', 'none')).toEqual([true, true, false])
  expect(told(1, 2, 3, 4)).toEqual([true, true, false, false])
  expect(told(1, 1, 'none', 2, 'none')).toEqual([true, true, true, true, false])
})

it('says nothing of a node that does not answer', () => {
  expect(told('silent', 'silent', 'silent', 'silent')).not.toContain(false)
})
