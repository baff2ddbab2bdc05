import {describe, expect, it} from 'vitest'
import {hostClock} from '../../../src/lib/checks/host-clock.ts'
import {judgeOne} from '../../support/an-observation.ts'

const judge = (seconds: number, uncertaintySeconds = 0) => judgeOne(hostClock, 'clock', {seconds, uncertaintySeconds})

describe('host/clock', () => {
  it('passes up to one second, warns up to five, fails beyond', () => {
    expect(judge(1)).toMatchObject({status: 'passed'})
    expect(judge(-1.1)).toMatchObject({status: 'failed', severity: 'warning'})
    expect(judge(5)).toMatchObject({status: 'failed', severity: 'warning'})
    const beyond = judge(5.1)
    expect(beyond).toMatchObject({status: 'failed', detail: '5.1 s ahead, right to 0.0 s, limit 5 s'})
    expect(beyond.severity).toBeUndefined()
  })

  it('does not blame the node for a slow answer', () => {
    expect(judge(6, 5.5)).toMatchObject({status: 'passed'})
  })
})
