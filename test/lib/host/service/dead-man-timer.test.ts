import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {deadManTimer} from '../../../../src/lib/host/service/dead-man-timer.ts'

const UNITS = '/etc/systemd/system'
const TIMER = deadManTimer({state: '/var/lib/gha/lab/gf1', order: ['Before=grafana-server']})

describe('the units of the dead man', () => {
  let folder: string
  /** Whether systemd knows of a unit that its file has changed. */
  let stale: 'yes' | 'no'

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gha-units-'))
    mkdirSync(path.join(folder, 'bin'))
    mkdirSync(path.join(folder, 'units'))
    stale = 'no'
  })
  afterEach(() => rmSync(folder, {recursive: true}))

  /** What systemd is asked for. */
  function asked(shell: string): readonly string[] {
    const log = path.join(folder, 'asked')
    writeFileSync(log, '')
    writeFileSync(
      path.join(folder, 'bin', 'systemctl'),
      `#!/bin/sh\necho "$1" >>${log}\n[ "$1" = show ] && echo ${stale}\nexit 0\n`,
      {mode: 0o755},
    )
    const text = `fail() { echo "$1" >&2; exit 1; }\n${shell.replaceAll(UNITS, path.join(folder, 'units'))}`
    execFileSync('/bin/sh', ['-c', text], {env: {PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`}})
    return readFileSync(log, 'utf8').trim().split('\n')
  }
  const files = () => readdirSync(path.join(folder, 'units')).filter(name => name.startsWith('gha'))
  const unit = (kind: string) => path.join(folder, 'units', `gha-revert-lab-gf1.${kind}`)

  it('are read anew by systemd only where it knows that they changed', () => {
    stale = 'yes'
    expect(asked(TIMER.armTimer(60))).toEqual(['show', 'daemon-reload', 'restart'])
    stale = 'no'
    expect(asked(TIMER.armTimer(60))).toEqual(['show', 'restart'])
  })

  it('are touched only where they change', () => {
    asked(TIMER.armTimer(60))
    const before = [statSync(unit('service')).ino, statSync(unit('timer')).ino]
    asked(TIMER.armTimer(60))
    expect([statSync(unit('service')).ino, statSync(unit('timer')).ino]).toEqual(before)
    asked(TIMER.armTimer(90))
    expect(readFileSync(unit('timer'), 'utf8')).toContain('OnActiveSec=90')
    expect(files()).toEqual(['gha-revert-lab-gf1.service', 'gha-revert-lab-gf1.timer'])
  })

  it('stay when he stands down, and do nothing unless he is armed', () => {
    asked(TIMER.armTimer(60))
    expect(asked(TIMER.disarmTimer)).toEqual(['stop'])
    expect(files()).toHaveLength(2)
    expect(readFileSync(unit('service'), 'utf8')).toContain('ConditionPathExists=/var/lib/gha/lab/gf1/armed\n')
  })
})
