import {describe, expect, it, vi} from 'vitest'
import {onInterrupt} from '../../../src/lib/cli/interrupt.ts'

/** Ctrl-C as it is heard, and what is said to it. */
function listening(...argv: readonly string[]) {
  const said: string[] = []
  const interrupt = onInterrupt({say: text => said.push(text), stopping: () => 'Stopping', left: () => 'Left.', argv})
  return {said, interrupt}
}

describe('Ctrl-C', () => {
  it('asks to stop at first, and ends gha with 130 at once when it comes again', () => {
    const {said, interrupt} = listening()
    expect(interrupt.requested()).toBe(false)
    process.emit('SIGINT')
    expect(interrupt.requested()).toBe(true)
    expect(said).toEqual(['Stopping; press Ctrl-C again to stop at once.'])
    // vitest lets nobody end its worker, and tells with what it should have ended.
    expect(() => process.emit('SIGINT')).toThrow('130')
    interrupt.over()
    expect(said.at(-1)).toBe('Left.')
  })

  it.each([
    {argv: ['--yes', '-o', 'json'], told: [{type: 'error', error: {code: 'INTERRUPTED', message: 'Left.', exit: 130}}]},
    {argv: ['--yes'], told: []},
  ])('leaves one document for machines when it ends gha, where they were asked for: $argv', ({argv, told}) => {
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const {interrupt} = listening(...argv)
    process.emit('SIGINT')
    expect(() => process.emit('SIGINT')).toThrow('130')
    interrupt.over()
    const documents = stdout.mock.calls.map(([text]) => JSON.parse(String(text)))
    vi.restoreAllMocks()
    expect(documents).toMatchObject(told)
  })

  it('is a first one again once what was asked is done', () => {
    const {said, interrupt} = listening()
    process.emit('SIGINT')
    interrupt.answered()
    expect(interrupt.requested()).toBe(false)
    process.emit('SIGINT')
    interrupt.over()
    expect(interrupt.requested()).toBe(true)
    expect(said).not.toContain('Left.')
  })

  it('is asked for by a terminal that closes, which ends nothing at once', () => {
    const {said, interrupt} = listening()
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    interrupt.over()
    expect([interrupt.requested(), said]).toEqual([true, []])
  })

  it('is not listened for any more afterwards', () => {
    const before = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(name => process.listenerCount(name))
    listening().interrupt.over()
    expect((['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(name => process.listenerCount(name))).toEqual(before)
  })
})
