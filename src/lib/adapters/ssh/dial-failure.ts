import type {DialFailure} from '../../ports/host.ts'

const WORDS: readonly (readonly [RegExp, DialFailure])[] = [
  [/refused/i, 'refused'],
  [/timed? ?out|timeout/i, 'timeout'],
  [/not known|not resolve|no address|name resolution|getaddrinfo|gai |nodename|resolve/i, 'unresolved'],
  [/no route|unreachable/i, 'unreachable'],
  [/permission|prohibited|not permitted|denied/i, 'forbidden'],
]

/** What sshd's or a relay's words mean. */
export function dialFailure(text: string): DialFailure {
  return WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed'
}
