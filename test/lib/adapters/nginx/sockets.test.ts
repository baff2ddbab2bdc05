import {describe, expect, it} from 'vitest'
import {kernelSpelling, readSockets} from '../../../../src/lib/adapters/nginx/sockets.ts'

describe("the kernel's list of connections", () => {
  it.each([
    ['127.0.0.11', 3000, '0B00007F:0BB8'],
    ['10.1.2.3', 80, '0302010A:0050'],
    ['::1', 3000, '00000000000000000000000001000000:0BB8'],
    ['fd00::12:1', 65535, '000000FD000000000000000001001200:FFFF'],
    ['2001:db8:1:2:3:4:5:6', 1, 'B80D0120020001000400030006000500:0001'],
  ])('spells %s port %i as %s', (address, port, spelled) => {
    expect(kernelSpelling(address, port)).toBe(spelled)
  })

  it('is read for what is established', () => {
    const text = [
      '   0: 0100007F:8E2C 0B00007F:0BB8 01 00000000:00000000 00:00000000 00000000     0        0 424242 1 0 20 4 30 10 -1',
      '   1: 0100007F:8E2D 0B00007F:0BB8 06 00000000:00000000 00:00000000 00000000     0        0 0 3 0',
    ].join('\n')
    expect(readSockets(text)).toEqual([{remote: '0B00007F:0BB8', inode: '424242'}])
  })
})
