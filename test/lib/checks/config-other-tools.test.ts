import {describe, expect, it} from 'vitest'
import {configOtherTools} from '../../../src/lib/checks/config-other-tools.ts'
import {judgeOne} from '../../support/an-observation.ts'

describe('config/other-tools', () => {
  it('names what it found, as a warning', () => {
    expect(configOtherTools.severity).toBe('warning')
    expect(judgeOne(configOtherTools, 'otherTools', ['puppet', 'chef'])).toMatchObject({
      status: 'failed',
      detail: 'found puppet, chef',
    })
    expect(judgeOne(configOtherTools, 'otherTools', [])).toMatchObject({status: 'passed'})
  })
})
