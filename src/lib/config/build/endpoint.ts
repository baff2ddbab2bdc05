import type {Endpoint} from '../../model/backing.ts'

/** `host:port` → its parts; IPv6 loses its brackets. */
export function endpointOf(text: string, usualPort: number): Endpoint {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text)
  return {host: withoutBrackets(match?.[1] ?? text), port: Number(match?.[2] ?? usualPort)}
}

export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
