import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, expect, it} from 'vitest'
import {tarballName, writeTarball} from './dist.ts'
import {readGrafanaIni} from './ini.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'gha-dist-'))
afterAll(() => rmSync(folder, {recursive: true}))

it('a tarball has one top folder, the files of the official one, and its checksum beside it', async () => {
  const file = path.join(folder, tarballName('12.1.0'))
  await writeTarball('12.1.0', file)
  expect(path.basename(file)).toBe('grafana-12.1.0.linux-amd64.tar.gz')
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
  expect(readFileSync(`${file}.sha256`, 'utf8')).toBe(`${sum}  ${path.basename(file)}\n`)
  execFileSync('tar', ['-xzf', file, '-C', folder])
  const top = path.join(folder, 'grafana-12.1.0')
  for (const name of ['VERSION', 'conf/defaults.ini', 'conf/sample.ini', 'public', 'conf/provisioning/dashboards'])
    expect(existsSync(path.join(top, name)), name).toBe(true)
  accessSync(path.join(top, 'bin', 'grafana'), constants.X_OK)
  expect(execFileSync(path.join(top, 'bin', 'grafana'), ['-v'], {encoding: 'utf8'})).toBe('grafana version 12.1.0\n')
})

it('the defaults parse, and sample.ini changes none of them', () => {
  const read = (name: string) => readGrafanaIni(readFileSync(path.join(import.meta.dirname, 'conf', name), 'utf8'))
  expect(read('defaults.ini').get('unified_alerting')?.get('ha_peers')).toBe('')
  for (const keys of read('sample.ini').values()) expect(keys.size).toBe(0)
})
