import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {serviceControl} from '../../../../src/lib/host/service/control.ts'

const UNIT = 'grafana\\x2dserver@1'

describe('a unit of systemd whose name has escapes', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gha-control-'))
    mkdirSync(path.join(folder, 'run'))
  })
  afterEach(() => rmSync(folder, {recursive: true}))

  it('has its patience in the folder of that name, and loses it again', () => {
    const {functions, disarmTimer} = serviceControl({manager: 'systemd', unit: UNIT}, '/var/lib/gha/lab/gf1')
    const run = (text: string) => {
      const shell = `systemctl() { :; }\nsetsid() { :; }\n${functions}\n${text}`.replaceAll(
        '/run/systemd/system',
        path.join(folder, 'run'),
      )
      execFileSync('/bin/sh', ['-c', shell])
    }
    run('service_patient')
    expect(readdirSync(path.join(folder, 'run'))).toEqual([`${UNIT}.service.d`])
    const file = path.join(folder, 'run', `${UNIT}.service.d`, 'gha-migration.conf')
    expect(existsSync(file)).toBe(true)
    run(disarmTimer)
    expect(existsSync(file)).toBe(false)
  })
})

describe('a unit of systemd while its package is installed', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gha-control-'))
  })
  afterEach(() => rmSync(folder, {recursive: true}))

  const {functions} = serviceControl({manager: 'systemd', unit: 'grafana'}, '/var/lib/gha/lab/gf1')
  /** The files in which systemd is told so, beside the mask. `enabled`: what it says of the unit then. */
  const told = (text: string, enabled: string) => {
    const shell = `systemctl() { [ "$1" != is-enabled ] || echo ${enabled}; }\n${functions}\n${text}`
    execFileSync('/bin/sh', ['-c', shell.replaceAll('/run/systemd/system', folder)])
    return readdirSync(folder, {recursive: true}).toSorted()
  }

  it('is masked', () => {
    expect(told('service_hold', 'masked-runtime')).toEqual([])
  })

  it('refuses to start where somebody wrote it in /etc, over which a mask has no power', () => {
    expect(told('service_hold', 'enabled')).toEqual(['grafana.service.d', 'grafana.service.d/gha-hold.conf'])
    expect(readFileSync(path.join(folder, 'grafana.service.d/gha-hold.conf'), 'utf8')).toBe(
      '[Unit]\nRefuseManualStart=yes\n',
    )
    expect(told('service_release', 'enabled')).toEqual(['grafana.service.d'])
  })

  it('is let go by the next who starts it, where the script that held it was killed', () => {
    told('service_hold', 'enabled')
    expect(told('service_restart', 'enabled')).toEqual(['grafana.service.d'])
    const unmasked = path.join(folder, 'unmasked')
    told(
      `unmasks() { [ "$1" != unmask ] || : >${unmasked}; }\nsystemctl() { unmasks "$@"; [ "$1" != is-enabled ] || echo masked-runtime; }\nservice_restart`,
      '',
    )
    expect(existsSync(unmasked)).toBe(true)
  })
})

describe('the group that a unit of systemd runs with', () => {
  const groupOf = (unit: {readonly User: string; readonly Group: string}) => {
    const {functions} = serviceControl({manager: 'systemd', unit: 'grafana'}, '/var/lib/gha/lab/gf1')
    const shown = `systemctl() { case $3 in User) echo ${unit.User} ;; Group) echo ${unit.Group} ;; esac; }`
    return execFileSync('/bin/sh', ['-c', `${shown}\n${functions}\nservice_group`], {encoding: 'utf8'})
  }

  it('is the one that it names, or else that of its user', () => {
    expect(groupOf({User: 'daemon', Group: 'grafana'})).toBe('grafana')
    expect(groupOf({User: 'daemon', Group: ''})).toBe('daemon')
  })

  it('is none where it names neither, or a user that is not there', () => {
    expect(groupOf({User: '', Group: ''})).toBe('')
    expect(groupOf({User: 'nobody-of-this-name', Group: ''})).toBe('')
  })
})
