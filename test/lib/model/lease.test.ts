import {expect, it} from 'vitest'
import {formatHolder, parseHolder} from '../../../src/lib/model/lease.ts'

const HOLDER = {
  run: '20261120T231500-4f2a',
  owner: 'ann',
  hostname: 'desk',
  pid: 7,
  bootId: 'b',
  reason: 'gha rollout --to 12.1.1',
  since: 1_800_000_000_000,
}

it('who holds the lock is read as it was written', () => {
  expect(parseHolder(formatHolder(HOLDER))).toEqual(HOLDER)
})

it.each(['soon', '-1', '1e400', ''])('of a damaged lock file no time is made up: %s', damaged => {
  const text = formatHolder(HOLDER).replace(/(since|pid)=\d+/g, `$1=${damaged}`)
  expect(parseHolder(text)).toEqual({...HOLDER, pid: 0, since: 0})
})
