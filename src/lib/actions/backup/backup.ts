import type {BackupManifest} from '../../model/backup.ts'

/** A copy of the database that was taken. */
export interface Backup {
  readonly id: string
  /** The folder of a dump; undefined where a command made it. */
  readonly folder?: string
  readonly manifest?: BackupManifest
}
