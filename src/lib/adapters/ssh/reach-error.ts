import {GhaError} from '../../errors/gha-error.ts'

/** The host could not be reached at all. */
export function unreachable(node: string, hop: string, why: string): GhaError {
  return new GhaError(`cannot reach ${hop} over SSH: ${why}`, {
    code: 'HOST_UNREACHABLE',
    exit: 'preflight',
    node,
    hint: `Try \`ssh ${asArguments(hop)} true\` from this machine; host, port and jump host stand under \`ssh\` in gha.yaml.`,
  })
}

export interface Refusal {
  readonly node: string
  readonly hop: string
  /** Methods or keys that were tried, in words. */
  readonly tried: string
  /** Private keys that no agent holds and that want a passphrase. */
  readonly lockedKeys: readonly string[]
  readonly cause?: unknown
}

export function authFailed({node, hop, tried, lockedKeys, cause}: Refusal): GhaError {
  const locked = lockedKeys[0]
  return new GhaError(`${hop} accepted no key (tried: ${tried})`, {
    code: 'SSH_AUTH_FAILED',
    exit: 'authentication',
    node,
    unchanged: 'Nothing was run on the host.',
    hint:
      locked === undefined
        ? `Set \`ssh.user\` and \`ssh.identityFile\` in gha.yaml, or add your key there with \`ssh-copy-id ${asArguments(hop)}\`.`
        : `The key ${locked} has a passphrase and no agent holds it: run \`ssh-add ${locked}\` and try again.`,
    cause,
  })
}

/** `user@host:2222` as ssh and ssh-copy-id take it. */
function asArguments(hop: string): string {
  return hop.replace(/^(.*):(\d+)$/, '-p $2 $1')
}
