import type {Grafana} from '../model/cluster.ts'
import {formatVersion, isAtLeast, packageVersion, type Version} from '../model/version.ts'

/** The unit that the packages bring. */
export const PACKAGED_UNIT = 'grafana-server'

/** User and group of the packaged unit; a node's real ones are read from its unit. */
export const PACKAGED_USER = 'grafana'

/** What systemd's unit reads its command line from. */
export const ENVIRONMENT_FILES = ['/etc/default/grafana-server', '/etc/sysconfig/grafana-server'] as const

export function packageName(edition: Grafana['edition']): string {
  return edition === 'enterprise' ? 'grafana-enterprise' : 'grafana'
}

/** The other edition's package: the two cannot be installed together. */
export function conflictingPackage(edition: Grafana['edition']): string {
  return packageName(edition === 'enterprise' ? 'oss' : 'enterprise')
}

/** As apt and dnf take it: `grafana=12.1.0`, `grafana-12.1.0-1`. */
export function packageSpec(grafana: Pick<Grafana, 'edition' | 'version'>, manager: 'apt' | 'dnf'): string {
  const name = packageName(grafana.edition)
  const version = packageVersion(grafana.version)
  return manager === 'apt' ? `${name}=${version}` : `${name}-${version}-1`
}

/** `12.0.2-security-01` for `12.0.2+security-01`: a tag cannot hold a plus. */
export function imageTag(version: Version): string {
  return formatVersion(version).replace('+', '-')
}

/** The words in front of a server's or the CLI's own arguments. */
export function grafanaCommand(version: Version, tool: 'server' | 'cli'): readonly [string, ...string[]] {
  return isAtLeast(version, '9.4.0') ? ['grafana', tool] : [`grafana-${tool}`]
}
