import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {KEEP_REPOSITORY, placeRepository} from '../../../../src/lib/host/install/repository-files.ts'
import {sealed} from '../../../../src/lib/render/sealed-text.ts'

const TEXT = sealed('URIs: https://example.org\n')

describe('the file of a package repository', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gha-repository-'))
    mkdirSync(path.join(folder, 'bin'))
  })
  afterEach(() => rmSync(folder, {recursive: true}))

  const file = () => path.join(folder, 'gha-grafana.sources')
  const program = (name: string, text: string) =>
    writeFileSync(path.join(folder, 'bin', name), `#!/bin/sh\n${text}\n`, {mode: 0o755})
  const place = () =>
    execFileSync(
      '/bin/sh',
      [
        '-c',
        [
          `state=${folder} repository=${file()} key=${folder}/key`,
          'relabel() { :; }; fail() { echo "$1"; exit 0; }',
          KEEP_REPOSITORY,
          placeRepository(TEXT),
        ].join('\n'),
      ],
      {encoding: 'utf8', env: {PATH: `${folder}/bin:${process.env['PATH']}`}},
    )

  it('is written where there is none, and where a power cut has left an empty one', () => {
    expect(place()).toBe('')
    writeFileSync(file(), '')
    expect(place()).toBe('')
    expect(readFileSync(file(), 'utf8')).toBe(TEXT)
    expect(statSync(file()).mode & 0o777).toBe(0o644)
  })

  it('is left alone where somebody wrote or edited it', () => {
    for (const text of ['URIs: https://example.net\n', `${TEXT}# more\n`]) {
      writeFileSync(file(), text)
      expect(place()).toContain('is not what gha wrote there')
      expect(readFileSync(file(), 'utf8')).toBe(text)
    }
  })

  it('is on the disk before it has its name', () => {
    program('sync', `[ ! -e ${file()} ] && cp "$1" ${folder}/synced`)
    place()
    expect(readFileSync(path.join(folder, 'synced'), 'utf8')).toBe(TEXT)
  })

  it('stays as it was where it cannot be written', () => {
    place()
    program('mv', 'exit 1')
    expect(place()).toBe(`cannot write ${file()}\n`)
    expect(readFileSync(file(), 'utf8')).toBe(TEXT)
    expect(existsSync(`${file()}.part`)).toBe(false)
  })
})
