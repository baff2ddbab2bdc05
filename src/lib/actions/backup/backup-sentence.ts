import {secondsText} from '../../report/seconds-text.ts'
import type {Backup} from './backup.ts'

/** One line for a journal: `ID in FOLDER: 1234 rows of 80 tables, 2.1 MiB, read back in 1.2 s`. */
export function backupSentence({id, folder, manifest}: Backup): string {
  if (!manifest || folder === undefined) return `${id}, by --backup-cmd`
  const tables = Object.values(manifest.rows.tables)
  const rows = tables.reduce((sum, count) => sum + count, 0)
  const size = (manifest.archive.bytes / 1024 / 1024).toFixed(1)
  return `${id} in ${folder}: ${rows} rows of ${tables.length} tables, ${size} MiB, taken and read back in ${secondsText(manifest.milliseconds)}`
}
