import path from 'node:path'
import type {Endpoint} from '../../model/backing.ts'
import type {Secret} from '../../model/secret.ts'
import {formatPath, type Path} from '../problem.ts'
import type {Secrets} from '../resolve-secrets.ts'

/** What every builder needs: the validated file's place and its secrets. */
export interface Build {
  readonly folder: string
  readonly secrets: Secrets
}

/** A secret that the schema made sure is there. */
export function secretAt({secrets}: Build, place: Path): Secret {
  const secret = secrets.get(formatPath(place))
  if (!secret) throw new TypeError(`no secret was resolved for ${formatPath(place)}`)
  return secret
}

export function localFile({folder}: Build, relative: string): string {
  return path.resolve(folder, relative)
}

/** `host:port` → its parts; IPv6 loses its brackets. */
export function endpointOf(text: string, usualPort: number): Endpoint {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text)
  return {host: withoutBrackets(match?.[1] ?? text), port: Number(match?.[2] ?? usualPort)}
}

export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

export function secondsOf(duration: string): number {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? []
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
}

/** `250ms` or `2s`. */
export function millisecondsOf(duration: string): number {
  return duration.endsWith('ms') ? Number(duration.slice(0, -2)) : secondsOf(duration) * 1000
}
