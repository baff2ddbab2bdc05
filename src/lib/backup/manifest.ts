import type {BackupManifest, RowCounts} from '../model/backup.ts'
import {fingerprint, type Secret} from '../model/secret.ts'

/** The name of the file that makes a folder a backup. */
export const MANIFEST_FILE = 'manifest.json'

/** Sealed with Grafana's secret key: an archive is only handed to a tool that reads it when its manifest is gha's own. */
export function manifestText(manifest: BackupManifest, key: Secret): string {
  return `${JSON.stringify({...manifest, seal: sealOf(manifest, key)}, null, 2)}\n`
}

export type ReadManifest =
  | {readonly manifest: BackupManifest; readonly sealed: boolean}
  | {readonly manifest: undefined; readonly reason: string}

export function readManifest(text: string, key: Secret): ReadManifest {
  try {
    const {seal, ...manifest} = JSON.parse(text) as BackupManifest & {seal?: unknown}
    if (manifest.type !== 'backup' || manifest.schemaVersion !== 1)
      return {manifest: undefined, reason: 'its manifest is of a form that this gha does not know'}
    return {manifest, sealed: seal === sealOf(manifest, key)}
  } catch {
    return {manifest: undefined, reason: 'its manifest is no JSON'}
  }
}

/** What differs between the rows that should be there and those that are, in words; empty where nothing does. */
export function rowDifferences(wished: RowCounts, found: RowCounts): readonly string[] {
  const tables = [...new Set([...Object.keys(wished), ...Object.keys(found)])].toSorted()
  return tables.flatMap(table => {
    const [should, is] = [wished[table], found[table]]
    if (should === is) return []
    return [`${table} holds ${is ?? 'no'} rows, not ${should ?? 'any'}`]
  })
}

function sealOf(manifest: BackupManifest, key: Secret): string {
  return fingerprint(key, JSON.stringify(manifest))
}
