/** One hop as `ssh -G` resolves it: what the operator's own ssh would do. */
export interface ResolvedTarget {
  /** As the operator wrote it: what `ssh` is called with. */
  readonly given: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly hostKeyAlias?: string
  readonly knownHostsFiles: readonly string[]
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** Socket of the agent, where there is one. */
  readonly agent?: string
  readonly proxyJump?: string
  /** `RevokedHostKeys` names a file, which only the system's ssh can read. */
  readonly revocations?: true
  /** What only the system's ssh can do, in words. */
  readonly beyondSsh2?: string
}

/** `user@host:port`, IPv6 in brackets: the name of a hop in messages. */
export function hopName(target: Pick<ResolvedTarget, 'user' | 'host' | 'port'>): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  return `${target.user}@${host}${target.port === 22 ? '' : `:${target.port}`}`
}
