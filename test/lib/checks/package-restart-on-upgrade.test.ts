import {describe, expect, it} from 'vitest'
import {packageRestartOnUpgrade} from '../../../src/lib/checks/package-restart-on-upgrade.ts'
import {judgeOne} from '../../support/an-observation.ts'

describe('package/restart-on-upgrade', () => {
  it('fails as a warning where an upgrade restarts Grafana', () => {
    expect(packageRestartOnUpgrade.severity).toBe('warning')
    expect(judgeOne(packageRestartOnUpgrade, 'package', {restartOnUpgrade: true})).toMatchObject({status: 'failed'})
    expect(judgeOne(packageRestartOnUpgrade, 'package', {restartOnUpgrade: false})).toMatchObject({status: 'passed'})
  })
})
