import {GhaError} from '../../errors/gha-error.ts'
import {loginCommand} from '../ssh/login-command.ts'
import {authFailed, unreachable} from '../ssh/reach-error.ts'
import {hopName, type ResolvedTarget} from '../ssh/resolved-target.ts'

export interface Failed {
  readonly node: string
  readonly target: ResolvedTarget
  /** What ssh printed. */
  readonly said: string
}

/** What the system's ssh meant. */
export function connectError({node, target, said}: Failed): GhaError {
  const hop = hopName(target)
  if (/HOST IDENTIFICATION HAS CHANGED/.test(said)) return keyError({node, target, said}, 'HOST_KEY_CHANGED')
  if (/revoked/i.test(said) && /host key/i.test(said)) return keyError({node, target, said}, 'HOST_KEY_REVOKED')
  if (/Host key verification failed|host key is known/.test(said))
    return keyError({node, target, said}, 'HOST_KEY_UNKNOWN')
  if (/Permission denied|Too many authentication failures/.test(said)) {
    return authFailed({node, hop, tried: "what the system's ssh offers", lockedKeys: []})
  }
  return unreachable(node, hop, lastLine(said))
}

const KEY_WORDS = {
  HOST_KEY_CHANGED: 'is not the known one',
  HOST_KEY_REVOKED: 'is revoked',
  HOST_KEY_UNKNOWN: 'is not known',
} as const

function keyError({node, target, said}: Failed, code: keyof typeof KEY_WORDS): GhaError {
  const fingerprint = /SHA256:[\w+/]+/.exec(said)?.[0]
  const command = loginCommand({...target, host: target.given})
  return new GhaError(
    `the host key of ${target.host}, or of a jump host before it, ${KEY_WORDS[code]}${fingerprint ? `; it presented ${fingerprint}` : ''}`,
    {
      code,
      exit: 'authentication',
      node,
      unchanged: 'Nothing was sent to the host: no key, no password.',
      hint:
        code === 'HOST_KEY_UNKNOWN'
          ? `Look at the key with \`${command}\`, compare the fingerprint with the host's own, and accept it once.`
          : `Somebody may stand in between. Look with \`${command}\`; only if the host was set up anew, forget the old key with \`ssh-keygen -R\`.`,
    },
  )
}

function lastLine(said: string): string {
  return (
    said
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^ssh: /, '')
      .trim() || 'ssh ended without a word'
  )
}
