import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {writeBalancerFile} from '../../../src/lib/host/balancer-file.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import {LocalHost} from '../../support/local-host.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-balancer-file-'))
  file = path.join(folder, 'haproxy.cfg')
})
afterEach(() => rmSync(folder, {recursive: true}))

const write = (programs: {validate?: string; reload?: string}, seen?: string) =>
  new LocalHost('lb1').run(
    writeBalancerFile({
      state: path.join(folder, 'state'),
      lease: {run: 'r1', generation: 1},
      path: file,
      content: 'new',
      seen,
      validate: ['sh', '-c', programs.validate ?? 'true'],
      reload: ['sh', '-c', programs.reload ?? 'true'],
    }),
  )

describe('a file of the balancer', () => {
  it('is written where none was', async () => {
    await write({})
    expect(readFileSync(file, 'utf8')).toBe('new')
  })

  it.each(['validate', 'reload'] as const)('is put back when %s fails', async program => {
    writeFileSync(file, 'old')
    await expect(write({[program]: 'echo no good >&2; exit 1'}, sha256('old'))).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: expect.stringContaining('no good'),
    })
    expect(readFileSync(file, 'utf8')).toBe('old')
  })

  it('is gone again when reload fails where none was', async () => {
    await expect(write({reload: 'exit 1'})).rejects.toMatchObject({code: 'SCRIPT_FAILED'})
    expect(existsSync(file)).toBe(false)
  })
})
