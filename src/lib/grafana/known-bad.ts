import {compareVersions, isAtLeast, type Version, versionOf} from '../model/version.ts'

export interface KnownBad {
  readonly id: string
  /** The first bad version and the first good one again. */
  readonly from: string
  readonly fixedIn: string
  /** What a cluster of such nodes suffers: a full sentence. */
  readonly effect: string
  readonly issue: string
}

/** What is known against running a cluster of this version. */
export function knownBad(version: Version): readonly KnownBad[] {
  return KNOWN_BAD.filter(
    ({from, fixedIn}) => isAtLeast(version, from) && compareVersions(version, versionOf(fixedIn)) < 0,
  )
}

const KNOWN_BAD: readonly KnownBad[] = [
  {
    id: 'migration-locking-ignored',
    from: '11.5.0',
    fixedIn: '11.6.2',
    effect: 'A part of the migrations takes the lock although [database] migration_locking is off.',
    issue: 'grafana/grafana#100256',
  },
  {
    id: 'migration-locking-ignored',
    from: '12.0.0',
    fixedIn: '12.0.1',
    effect: 'A part of the migrations takes the lock although [database] migration_locking is off.',
    issue: 'grafana/grafana#100256',
  },
  {
    id: 'alerting-redis-at-boot',
    from: '10.0.0',
    fixedIn: '10.2.0',
    effect: 'Grafana does not start while the Redis of its alerting does not answer.',
    issue: 'grafana/grafana#74144',
  },
]
