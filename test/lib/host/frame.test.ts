import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {Frame, type FrameLimits, printable} from '../../../src/lib/host/frame.ts'

const MARKS = {begin: 'BEGIN\n', end: 'END', ready: 'READY\n', prompt: 'PROMPT'}

function aFrame(limits: Partial<FrameLimits> = {}): Frame {
  return new Frame(MARKS, {bytes: 1000, beyond: 'overflow', ...limits})
}

function fed(frame: Frame, text: string, size: number): Frame {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) frame.push(bytes.subarray(at, at + size))
  return frame
}

function text(frame: Frame): string {
  return Buffer.from(frame.body).toString()
}

describe('a frame', () => {
  it('drops what came before, and takes the exit code from the end mark', () => {
    const frame = fed(aFrame(), 'noise BEGIN\nbody END not yet\nEND 12\nlate', 1000)
    expect([frame.noise, text(frame), frame.exitCode]).toEqual(['noise ', 'body END not yet\n', 12])
  })

  it('is the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 50}), fc.integer({min: 1, max: 20}), (body, size) => {
        fc.pre(!/BEGIN\n|END \d+\n/.test(body))
        const frame = fed(aFrame(), `motd\nBEGIN\n${body}END 3\n`, size)
        expect([text(frame), frame.exitCode]).toEqual([body, 3])
      }),
    )
  })

  it('has no exit code before the mark is whole', () => {
    const frame = fed(aFrame(), 'BEGIN\nxEND 1', 1000)
    expect([frame.begun, frame.ended]).toEqual([true, false])
    frame.push(Buffer.from('2\n'))
    expect([text(frame), frame.exitCode]).toEqual(['x', 12])
  })

  it('keeps everything as noise when it never begins', () => {
    expect(fed(aFrame(), 'This account is currently not available.', 3).noise).toContain('not available')
  })

  it('takes exactly its limit, and overflows with one byte more', () => {
    const at = (length: number) => fed(aFrame({bytes: 100}), `BEGIN\n${'x'.repeat(length)}`, 7).overflowed
    expect([at(100), at(101)]).toEqual([false, true])
  })

  it('keeps the end where it is told to', () => {
    const frame = fed(aFrame({bytes: 100, beyond: 'keep-end'}), `BEGIN\n${'x'.repeat(500)}tailEND 0\n`, 9)
    expect(text(frame)).toMatch(/^x+tail$/)
    expect(frame.body.length).toBeLessThanOrEqual(200)
    expect(frame.exitCode).toBe(0)
  })
})

describe('printable text', () => {
  it('has no control characters but tab and newline, and survives bad UTF-8', () => {
    expect(printable(Buffer.from('a\u001b[2J\tb\r\n\u009bc\u0000'))).toBe('a[2J\tb\nc')
    expect(printable(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\ufffdb')
  })
})
