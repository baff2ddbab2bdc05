import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {aptInstall} from '../../../../src/lib/host/install/apt.ts'
import {lookForPackages} from '../../../../src/lib/host/look-for-packages.ts'
import type {Script} from '../../../../src/lib/model/script.ts'
import {formatVersion} from '../../../../src/lib/model/version.ts'
import {LocalHost} from '../../../support/local-host.ts'

const INSTALL = {functions: aptInstall('grafana', 'repositories'), spell: formatVersion}
const DOWNLOAD = 'case "$*" in *" download "*) echo deb >grafana_12.1.0_amd64.deb; exit ;; esac'

/** Programs of this name stand in for apt's. */
describe('a package from the repositories of the node', () => {
  let folder: string
  let host: LocalHost
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gha-apt-'))
    mkdirSync(path.join(folder, 'bin'))
    program('dpkg-deb', 'echo 12.1.0')
    program('dpkg-query', 'exit 1')
    program('sync', `echo "before: $(ls ${folder}/state/packages | tr '\\n' ' ')" >>${folder}/synced`)
    host = new LocalHost('gf1', {PATH: `${folder}/bin:${process.env['PATH']}`})
  })
  afterEach(() => rmSync(folder, {recursive: true}))

  const program = (name: string, text: string) =>
    writeFileSync(path.join(folder, 'bin', name), `#!/bin/sh\n${text}\n`, {mode: 0o755})
  const state = () => path.join(folder, 'state')
  const fetched = () => {
    const text = `echo $$ >${folder}/pid; umask 077; state=${state()}; mkdir -p "$state"\n${INSTALL.functions}\npackage_fetch 12.1.0`
    const script: Script<boolean> = {
      name: 'fetch',
      text,
      mutates: true,
      deadlineSeconds: 10,
      parse: ({exitCode}) => exitCode === 0,
    }
    return host.run(script)
  }
  const there = async () => (await host.run(lookForPackages(state(), INSTALL, '12.1.0'))).wished

  it('is at hand once it is on the disk', async () => {
    program('apt-get', DOWNLOAD)
    expect(await fetched()).toBe(true)
    expect(await there()).toBe('at-hand')
    expect(readFileSync(path.join(folder, 'synced'), 'utf8')).toBe('before: part \n')
  })

  it('is fetched by an apt whose hooks write files for everybody to read', async () => {
    program('apt-get', `umask >${folder}/umask\n${DOWNLOAD}`)
    await fetched()
    expect(readFileSync(path.join(folder, 'umask'), 'utf8')).toBe('0022\n')
  })

  it('is not at hand where the node died before it had what the package depends on', async () => {
    program('apt-get', `${DOWNLOAD}\nkill -9 $(cat ${folder}/pid)`)
    await expect(fetched()).rejects.toMatchObject({code: 'HOST_DEADLINE'})
    expect(await there()).toBe('missing')
    program('apt-get', `${DOWNLOAD}\necho "$*" >>${folder}/asked`)
    expect(await fetched()).toBe(true)
    expect(readFileSync(path.join(folder, 'asked'), 'utf8')).toContain('install --download-only')
  })

  it('is not at hand where what it depends on cannot be had', async () => {
    program('apt-get', `${DOWNLOAD}\nexit 100`)
    expect(await fetched()).toBe(false)
    expect(await there()).toBe('missing')
  })
})
