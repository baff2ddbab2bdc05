import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import {given} from '../../model/given.ts'
import type {Script} from '../../model/script.ts'
import type {ChannelEnd} from './connection.ts'

const TIMED_OUT = [124, 137]

/** Why no whole answer came: the remote shell ended, the time is over, too much output, the password was wrong. */
export type Broken = ChannelEnd | 'deadline' | 'overflow' | 'wrong-password'

export interface Heard {
  /** How far the script came, as far as gha can know: it still waits here, it was sent, its first word came back. */
  readonly came: 'waiting' | 'sent' | 'begun'
  /** What shells and sudo said outside the script. */
  readonly said: string
}

interface Asked {
  readonly script: Script<unknown>
  readonly host: string
}

interface Failure extends Asked, Heard {
  readonly end: Broken
}

/** Why a script gave no whole answer, as an error with the next command. */
export function scriptFailure(failure: Failure): GhaError {
  if (failure.end === 'wrong-password')
    return sudoError(failure, 'SUDO_PASSWORD_WRONG', 'sudo did not take the password')
  if (failure.end === 'overflow') return hostError(failure, 'HOST_OUTPUT', 'printed more than 64 MiB')
  if (failure.end === 'deadline') return deadlineError(failure)
  const {status} = failure.end
  if (failure.came === 'begun') return cutShort(failure, status)
  return failure.came === 'sent' && status === undefined ? unanswered(failure) : notStarted(failure)
}

function cutShort(failure: Failure, status: number | undefined): GhaError {
  if (status !== undefined && TIMED_OUT.includes(status)) return deadlineError(failure)
  return hostError(failure, 'HOST_SCRIPT_CUT', 'was ended from outside; its end is unknown')
}

function deadlineError(failure: Failure): GhaError {
  const seconds = failure.script.deadlineSeconds
  return hostError(failure, 'HOST_DEADLINE', `did not end within ${seconds} s and was stopped; its end is unknown`)
}

function unanswered(failure: Failure): GhaError {
  const said = failure.said === '' ? '' : `: ${failure.said.slice(-300)}`
  return hostError(failure, 'HOST_SCRIPT_CUT', `was sent and gave no answer; whether it ran is unknown${said}`)
}

/** The begin mark never came: sudo or the login shell refused. */
function notStarted(failure: Failure): GhaError {
  const sudo = SUDO_WORDS.find(([pattern]) => pattern.test(failure.said))
  if (sudo) return sudoError(failure, sudo[1], sudo[2])
  const said = failure.said === '' ? 'nothing was printed' : failure.said.slice(-300)
  return new GhaError(`the login shell did not start a POSIX shell: ${said}`, {
    code: 'HOST_SHELL',
    exit: 'preflight',
    node: failure.host,
    unchanged: 'The script did not run.',
    hint: 'Log in by hand with `ssh HOST /bin/sh` and see what it says.',
  })
}

/** Of sudo, and of sudo-rs, which Ubuntu has in its place. */
const SUDO_WORDS: readonly (readonly [RegExp, string, string])[] = [
  [
    /sudo: .*password is required|sudo: .*terminal is required to read|no askpass|sudo: interactive authentication is required/i,
    'SUDO_PASSWORD_NEEDED',
    'sudo wants a password',
  ],
  [
    /not in the sudoers|may not run|is not allowed to (execute|run)|sudo: I'm sorry .*I'm afraid I can't do that/i,
    'SUDO_DENIED',
    'the login user may not use sudo',
  ],
  [
    /incorrect (password|authentication)|password attempt|sorry, try again/i,
    'SUDO_PASSWORD_WRONG',
    'sudo did not take the password',
  ],
  [/must have a tty/i, 'SUDO_NEEDS_TTY', 'sudo is set to `requiretty`'],
  [/sudo: (command )?not found|exec: .*sudo/i, 'SUDO_MISSING', 'there is no sudo'],
]

const SUDO_HINTS: Readonly<Record<string, string>> = {
  SUDO_PASSWORD_NEEDED: 'Set `ssh.becomePassword` in gha.yaml, or allow the login user `NOPASSWD: ALL` in sudoers.',
  SUDO_PASSWORD_WRONG: 'Correct `ssh.becomePassword` in gha.yaml, and try it with `ssh HOST -t sudo -k true`.',
  SUDO_DENIED: 'Give the login user sudo rights with `visudo`, or set another `ssh.user` in gha.yaml.',
  SUDO_NEEDS_TTY: 'Add `Defaults:USER !requiretty` with `visudo`.',
  SUDO_MISSING: 'Install sudo there, or log in as root: set `ssh.user: root` in gha.yaml.',
}

function sudoError(failure: Failure, code: string, message: string): GhaError {
  const hint = SUDO_HINTS[code]
  return new GhaError(message, {
    code,
    exit: 'authentication',
    node: failure.host,
    unchanged: 'The script did not run.',
    ...given({hint}),
  })
}

/** Why a script gave no answer once its connection is gone. */
export function lostConnection({cause, ...asked}: Asked & {readonly cause: unknown}, came: Heard['came']): GhaError {
  const {name} = asked.script
  const words = {
    waiting: `before \`${name}\` could run`,
    sent: `before \`${name}\` answered; whether it ran is unknown`,
    begun: `while \`${name}\` ran; its end is unknown`,
  }
  return failed(asked, `the connection was lost ${words[came]}: ${messageOf(cause)}`, {
    code: 'HOST_LOST',
    cause,
    ...(came === 'waiting' ? {unchanged: 'The script did not run.'} : {}),
  })
}

function hostError(failure: Failure, code: string, message: string): GhaError {
  return failed(failure, `\`${failure.script.name}\` ${message}`, {code})
}

function failed(
  {script, host}: Asked,
  message: string,
  more: {readonly code: string; readonly unchanged?: string; readonly cause?: unknown},
): GhaError {
  return new GhaError(message, {
    ...more,
    exit: script.mutates ? 'partial' : 'preflight',
    node: host,
    hint: 'Run the same command again: it looks at the host first and carries on from what it finds.',
  })
}
