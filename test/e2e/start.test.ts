import {chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeAll, beforeEach, expect, it} from 'vitest'
import {needBuild, runGha} from '../support/gha.ts'

let folder: string
beforeAll(needBuild)
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-start-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const ours = `gha-${process.getuid?.()}`

it('a start caches compiled code where only its user can write', async () => {
  expect((await runGha(['--help'], {env: {TMPDIR: folder}})).code).toBe(0)
  expect(readdirSync(folder)).toEqual([ours])
  expect(statSync(path.join(folder, ours)).mode & 0o777).toBe(0o700)
})

it('a start trusts no cache that others can write to', async () => {
  const cache = path.join(folder, ours)
  mkdirSync(cache)
  chmodSync(cache, 0o777)
  expect((await runGha(['--help'], {env: {TMPDIR: folder}})).code).toBe(0)
  expect(readdirSync(cache)).toEqual([])
})

it('a start needs no folder for its cache', async () => {
  const nowhere = path.join(folder, 'nowhere')
  expect(await runGha(['--version'], {env: {TMPDIR: nowhere}})).toMatchObject({code: 0, stderr: ''})
  expect(existsSync(nowhere)).toBe(false)
})

it('gha render loads nothing of Node that is slow to load and that it does not use', async () => {
  cpSync('test/fixtures/bench', folder, {recursive: true})
  chmodSync(path.join(folder, 'secrets/key'), 0o600)
  const {code, stderr} = await runGha(
    ['render', '-c', path.join(folder, 'gha.yaml'), '--out', path.join(folder, 'out')],
    {env: {NODE_OPTIONS: `--import=${path.resolve('test/support/loaded-modules.mjs')}`}},
  )
  const loaded = /^loaded: (.+)$/m.exec(stderr)?.[1]?.split(' | ') ?? []
  expect(code).toBe(0)
  expect(loaded).toContain('NativeModule fs/promises')
  for (const slow of ['crypto', 'worker_threads', 'http', 'internal/crypto/webcrypto'])
    expect(loaded).not.toContain(`NativeModule ${slow}`)
})
