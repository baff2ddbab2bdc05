import {afterEach, expect, it, vi} from 'vitest'
import {sayError} from '../../../src/lib/cli/say-error.ts'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'

/** What a machine reads on stdout when the command line is this one. */
function documentFor(...argv: readonly string[]): string | undefined {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  sayError(new GhaError('no', {code: 'LOCK_HELD', exit: 'locked'}), argv)
  process.exitCode = undefined
  const [text] = stdout.mock.calls.map(String)
  vi.restoreAllMocks()
  return text && JSON.parse(text).error.code
}

afterEach(() => vi.restoreAllMocks())

it.each([
  ['-o', 'json'],
  ['-ojson'],
  ['-o=json'],
  ['--output', 'json'],
  ['--output=json'],
  ['-yo', 'json'],
  ['-yojson'],
  ['-yo=json'],
])('tells machines of an error that ask for it by %s %s', (...argv) => {
  expect(documentFor('gf1', ...argv)).toBe('LOCK_HELD')
})

it.each([
  [],
  ['-o', 'text'],
  ['-otext'],
  ['--output=text'],
  ['-O', 'json'],
  ['--out', 'json'],
  ['--output-file', 'json'],
  ['gf1', '--reason', 'json'],
])('tells nobody else: %s %s', (...argv) => {
  expect(documentFor(...argv)).toBeUndefined()
})
