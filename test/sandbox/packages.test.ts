import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, expect, it} from 'vitest'
import {packGrafana} from './packages.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'gha-packages-'))
afterEach(() => rmSync(folder, {recursive: true}))

it('packs an unpacked Grafana under the name of its version', () => {
  const unpacked = path.join(folder, 'grafana-v12.1.0')
  mkdirSync(path.join(unpacked, 'bin'), {recursive: true})
  writeFileSync(path.join(unpacked, 'VERSION'), 'v12.1.0\n')
  writeFileSync(path.join(unpacked, 'bin', 'grafana'), '')
  expect(packGrafana([unpacked], path.join(folder, 'packages'))).toEqual(['12.1.0'])
  const archive = path.join(folder, 'packages', 'grafana-12.1.0.linux-amd64.tar.gz')
  expect(existsSync(archive)).toBe(true)
  expect(spawnSync('tar', ['-tzf', archive], {encoding: 'utf8'}).stdout).toContain('grafana-v12.1.0/bin/grafana')
  expect(() => packGrafana([path.join(unpacked, 'bin')], folder)).toThrow('has no file VERSION')
})
