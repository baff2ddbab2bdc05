import {classifyStep} from '../grafana/version-steps.ts'
import type {BackupPolicy} from '../model/backup.ts'
import type {Cluster} from '../model/cluster.ts'
import {compareVersions} from '../model/version.ts'
import type {Situation} from './situation.ts'

interface Before {
  readonly situations: readonly Situation[]
  /** Whether the database already holds Grafana's tables. */
  readonly schemaThere: boolean
  /** No node is touched. */
  readonly idle: boolean
}

/**
 * How the database is copied before the first node starts; nothing where none of them will change its schema. The newest
 * Grafana that ran on it has migrated it, and where nobody knows of any, everything may be migrated.
 */
export function backupFirst(
  {grafana, backup}: Cluster,
  {situations, schemaThere, idle}: Before,
): {readonly backup?: BackupPolicy} {
  if (!schemaThere || idle) return {}
  const running = situations.filter(situation => situation.running)
  const known = (running.length > 0 ? running : situations).flatMap(({version}) => (version ? [version] : []))
  const newest = known.toSorted(compareVersions).at(-1)
  return newest && classifyStep(newest, grafana.version).kind === 'none' ? {} : {backup}
}
