import {compareVersions, isAtLeast, sameVersion, type Version} from '../model/version.ts'

/**
 * What a change of version does to nodes of both versions on one database. `additive`: old nodes keep serving.
 * `single-writer`: while one node migrates, no other may write.
 */
export interface VersionStep {
  readonly kind: 'none' | 'additive' | 'single-writer' | 'unsupported'
  /** Half a sentence for a plan: why. */
  readonly reason: string
}

export function classifyStep(from: Version, to: Version): VersionStep {
  if (sameVersion(from, to)) return {kind: 'none', reason: 'the version stays'}
  const sameMinor = from.major === to.major && from.minor === to.minor
  if (sameMinor && !from.preRelease && !to.preRelease)
    return {kind: 'none', reason: 'releases of one minor share their schema'}
  if (compareVersions(to, from) < 0)
    return {
      kind: 'unsupported',
      reason: 'an older minor does not read what a newer one wrote: restore a backup instead',
    }
  const barrier = BARRIERS.find(({at}) => crosses(from, to, at))
  if (barrier) return barrier.step(from)
  if (!isBefore(to, FIRST_UNKNOWN))
    return {kind: 'single-writer', reason: `nothing is known about ${FIRST_UNKNOWN} and newer`}
  return {kind: 'additive', reason: 'older nodes keep working on the newer schema'}
}

/** Nodes of both versions may serve side by side, and one may go back alone. */
export function runsMixed({kind}: Pick<VersionStep, 'kind'>): boolean {
  return kind === 'none' || kind === 'additive'
}

const FIRST_UNKNOWN = '14.0'

interface Barrier {
  /** `major.minor` whose first build changes what is stored. */
  readonly at: string
  readonly step: (from: Version) => VersionStep
}

/** The last one is the weakest, and its reason stands only where no other does. */
const BARRIERS: readonly Barrier[] = [
  {at: '13.0', step: storesDashboardsAnew},
  {at: '12.4', step: () => singleWriter('12.4 moves folders, dashboards and playlists to new tables')},
  {at: '9.0', step: () => singleWriter('9.0 encrypts secrets in a form that older nodes do not read')},
  {at: '8.0', step: () => singleWriter('nothing is known about nodes older than 8.0 beside newer ones')},
  {at: '11.0', step: () => singleWriter(LEGACY_ALERTING)},
]

/** gha.yaml says what the new version is to read; what the old nodes were started with only they could tell, to an admin. */
const LEGACY_ALERTING =
  '11.0 drops legacy alerting; where no node has it on (`[alerting] enabled = true`) old nodes would keep working, but gha cannot tell'

function storesDashboardsAnew(from: Version): VersionStep {
  return isAtLeast(from, '10.2.0')
    ? singleWriter('13.0 moves all folders and dashboards to new tables')
    : {kind: 'unsupported', reason: '13.0 needs a database that 10.2 or newer has migrated: go there first'}
}

function singleWriter(reason: string): VersionStep {
  return {kind: 'single-writer', reason}
}

/** Whether `major.minor` lies between them. A pre-release already stores as its release does. */
export function crosses(from: Version, to: Version, at: string): boolean {
  return isBefore(from, at) && !isBefore(to, at)
}

function isBefore(version: Version, at: string): boolean {
  const [major = 0, minor = 0] = at.split('.').map(Number)
  return version.major < major || (version.major === major && version.minor < minor)
}
