/**
 * A Grafana version: `12.0.2`, `13.0.0-beta1`, `12.0.2+security-01`.
 * Grafana's own order: a security build is newer than the release it is built on; a pre-release is older.
 */
export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  /** `beta1` of `13.0.0-beta1`, `123pre` of a nightly build's `13.0.0-123pre`; empty for a release. */
  readonly preRelease: string
  /** Number of `+security-NN`; 0 for a plain release. */
  readonly security: number
}

/** Reads Grafana's spelling, Debian's (`12.0.2-01`, `13.0.0~beta1`) and a tag's (`12.0.2-security-01`); undefined when it is neither. */
export function parseVersion(text: string): Version | undefined {
  const match =
    /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-~]((?:\d+pre|[A-Za-z])[\w.]*)|[+-]security-(\d{1,6})|-(\d{1,6}))?$/.exec(
      text.trim(),
    )
  if (!match) return undefined
  const [, major, minor, patch, preRelease, security, debianRevision] = match
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    preRelease: preRelease ?? '',
    security: Number(security ?? debianRevision ?? 0),
  }
}

/** Like `parseVersion`, for text that is known to be a version. */
export function versionOf(text: string): Version {
  const version = parseVersion(text)
  if (!version) throw new TypeError(`not a Grafana version: ${JSON.stringify(text)}`)
  return version
}

export function formatVersion(version: Version): string {
  const core = `${version.major}.${version.minor}.${version.patch}`
  if (version.preRelease) return `${core}-${version.preRelease}`
  return version.security ? `${core}+security-${String(version.security).padStart(2, '0')}` : core
}

/** Negative when `a` is older than `b`, 0 when equal. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    comparePreReleases(a.preRelease, b.preRelease) ||
    a.security - b.security
  )
}

export function isAtLeast(version: Version, text: string): boolean {
  return compareVersions(version, versionOf(text)) >= 0
}

export function sameVersion(a: Version, b: Version): boolean {
  return compareVersions(a, b) === 0
}

/**
 * Reads the VERSION-RELEASE of an rpm: `12.1.0-1`, `12.1.0-4.el9`. Where the number of a security build or the name of a
 * pre-release stands has changed over the years.
 */
export function parseRpmVersion(text: string): Version | undefined {
  const [, core, rest = ''] = /^(\d{1,6}\.\d{1,6}\.\d{1,6})(.*)$/.exec(text.trim()) ?? []
  const security = /^[-+^~._]*security[-+^~._]*(\d{1,6})/.exec(rest)?.[1] ?? /^-(0\d{1,5})$/.exec(rest)?.[1]
  if (security) return parseVersion(`${core}+security-${security}`)
  const preRelease = /^[-~^_]([A-Za-z][A-Za-z0-9.]*)/.exec(rest)?.[1]
  if (preRelease) return parseVersion(`${core}-${preRelease}`)
  return core && /^-\d/.test(rest) ? parseVersion(core) : undefined
}

/** The version as Debian's package manager spells it: `12.0.2-01` for `12.0.2+security-01`. */
export function packageVersion(version: Version): string {
  const core = `${version.major}.${version.minor}.${version.patch}`
  if (version.preRelease) return `${core}~${version.preRelease}`
  return version.security ? `${core}-${String(version.security).padStart(2, '0')}` : core
}

/** Negative when `a` came before `b` on the way to one release; empty is that release, the newest. */
export function comparePreReleases(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  return a.localeCompare(b, 'en', {numeric: true})
}
