import {describe, expect, it} from 'vitest'
import {lostConnection, scriptFailure} from '../../../../src/lib/adapters/ssh/script-failure.ts'
import {STAY_AWAY} from '../../../../src/lib/rollout/recover.ts'
import {aScript} from '../../../support/ssh-target.ts'

const script = aScript('true', {mutates: true})
const failure = {script, host: 'n1', said: ''}

describe('a script without an answer', () => {
  it('may have run where its channel broke, so nothing else is done on that node', () => {
    const error = scriptFailure({...failure, came: 'sent', end: {status: undefined}, said: 'This account is closed'})
    expect(error).toMatchObject({
      code: 'HOST_SCRIPT_CUT',
      exit: 'partial',
      message: '`test script` was sent and gave no answer; whether it ran is unknown: This account is closed',
    })
    expect(error.unchanged).toBeUndefined()
    expect(STAY_AWAY).toContain(error.code)
  })

  it.each([
    {came: 'sent', end: {status: 1}},
    {came: 'waiting', end: {status: undefined}},
  ] as const)('did not run where the login shell ended before it: $came, $end.status', gone => {
    const error = scriptFailure({...failure, ...gone, said: 'This account is not available'})
    expect(error).toMatchObject({
      code: 'HOST_SHELL',
      message: expect.stringContaining('This account is not available'),
      unchanged: 'The script did not run.',
    })
  })

  it.each([
    ['SUDO_PASSWORD_NEEDED', 'sudo: a password is required'],
    ['SUDO_PASSWORD_NEEDED', 'sudo: interactive authentication is required'],
    ['SUDO_DENIED', 'ops is not in the sudoers file.'],
    ['SUDO_DENIED', "sudo: I'm sorry ops. I'm afraid I can't do that"],
    ['SUDO_DENIED', 'sudo: Sorry, user ops may not run timeout -k 5 30 /bin/sh on gf1.'],
    ['SUDO_PASSWORD_WRONG', 'sudo: 3 incorrect password attempts'],
    ['SUDO_PASSWORD_WRONG', 'sudo: Maximum 3 incorrect authentication attempts'],
    ['SUDO_NEEDS_TTY', 'sudo: sorry, you must have a tty to run sudo'],
  ])('is %s where sudo, or sudo-rs, says so: %s', (code, said) => {
    expect(scriptFailure({...failure, came: 'sent', end: {status: 1}, said})).toMatchObject({
      code,
      exit: 'authentication',
    })
  })

  it.each([
    ['waiting', 'the connection was lost before `test script` could run: gone', 'The script did not run.'],
    ['sent', 'the connection was lost before `test script` answered; whether it ran is unknown: gone', undefined],
    ['begun', 'the connection was lost while `test script` ran; its end is unknown: gone', undefined],
  ] as const)('is told of by how far it came when the connection is lost: %s', (came, message, unchanged) => {
    const error = lostConnection({script, host: 'n1', cause: new Error('gone')}, came)
    expect(error).toMatchObject({code: 'HOST_LOST', exit: 'partial', message, node: 'n1'})
    expect(error.unchanged).toBe(unchanged)
  })
})
