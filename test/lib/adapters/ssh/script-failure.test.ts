import {describe, expect, it} from 'vitest'
import {scriptFailure} from '../../../../src/lib/adapters/ssh/script-failure.ts'
import {STAY_AWAY} from '../../../../src/lib/rollout/recover.ts'
import {aScript} from '../../../support/ssh-target.ts'

const script = aScript('true', {mutates: true})
const failure = {script, host: 'n1', begun: false, said: ''}

describe('a script without an answer', () => {
  it('may have run where its channel broke, so nothing else is done on that node', () => {
    const error = scriptFailure({...failure, end: {status: undefined}})
    expect(error).toMatchObject({code: 'HOST_SCRIPT_CUT', exit: 'partial', message: expect.stringContaining('unknown')})
    expect(error.unchanged).toBeUndefined()
    expect(STAY_AWAY).toContain(error.code)
  })

  it('did not run where the login shell ended by itself before it', () => {
    const error = scriptFailure({...failure, end: {status: 1}, said: 'This account is not available'})
    expect(error).toMatchObject({code: 'HOST_SHELL', unchanged: 'The script did not run.'})
  })
})
