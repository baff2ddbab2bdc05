import {columns} from './columns.ts'

export interface RenderedEntry {
  readonly host: string
  readonly path: string
  readonly access: string
  readonly bytes: number
}

/** One line per file. */
export function renderedTable(entries: readonly RenderedEntry[]): string {
  return columns(entries.map(({host, path, access, bytes}) => [host, path, access, `${bytes} bytes`])).join('\n')
}

export function renderedDocument(
  files: readonly RenderedEntry[],
  {cluster, directory}: {readonly cluster: string; readonly directory: string},
): Record<string, unknown> {
  return {schemaVersion: 1, type: 'render', cluster, directory, files}
}
