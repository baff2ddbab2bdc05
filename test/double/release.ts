import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import path from 'node:path'

/** What a build knows of itself. */
export interface Release {
  readonly version: string
  readonly major: number
  readonly minor: number
  readonly commit: string
  /** Seconds since 1970. */
  readonly built: number
  /** Paths under /public/build that this build has, and no other build. */
  readonly assets: readonly string[]
}

const ASSETS = ['runtime.js', 'app.js', 'angular.js', 'grafana.app.css', 'grafana.dark.css', 'vendor.js']

/** The release of the tree that this program lies in. */
export function readRelease(home: string): Release {
  return releaseOf(readFileSync(path.join(home, 'VERSION'), 'utf8').trim().replace(/^v/, ''))
}

export function releaseOf(version: string): Release {
  const [major = 0, minor = 0] = version.split('.').map(part => Number.parseInt(part, 10))
  const digest = createHash('sha256').update(version).digest('hex')
  const assets = ASSETS.map(name => name.replace(/\.(\w+)$/, `.${digest.slice(0, 20)}.$1`))
  return {version, major, minor, commit: digest.slice(0, 10), built: 1_700_000_000 + major * 100_000 + minor, assets}
}

export function isAtLeast(release: Release, major: number, minor: number): boolean {
  return release.major > major || (release.major === major && release.minor >= minor)
}
