import {describe, expect, it} from 'vitest'
import {untilInterrupted} from '../../../src/lib/cli/until-interrupted.ts'

describe('running until interrupted', () => {
  it('hands the signal on at Ctrl-C and listens no longer afterwards', async () => {
    const before = process.listenerCount('SIGINT')
    const seen: boolean[] = []
    await untilInterrupted(async signal => {
      seen.push(signal.aborted)
      process.emit('SIGINT')
      seen.push(signal.aborted)
    })
    expect(seen).toEqual([false, true])
    expect(process.listenerCount('SIGINT')).toBe(before)
  })
})
