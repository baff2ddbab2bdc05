import type {Files} from '../ports/local.ts'

/** What stands in the place of a file that gha is to write and is none of its own: half a sentence. Undefined where nothing does. */
export async function inTheWay(
  file: string,
  files: Pick<Files, 'kind' | 'read'>,
  {what, isOurs}: {readonly what: string; readonly isOurs: (text: string) => boolean},
): Promise<string | undefined> {
  const kind = await files.kind(file)
  if (kind === undefined) return undefined
  // Whoever reads a pipe may wait for ever, and a device would be gone.
  if (kind !== 'file') return kind === 'folder' ? 'is a folder' : 'is a pipe or a device, not a file'
  const bytes = await files.read(file)
  return bytes === undefined || isOurs(new TextDecoder().decode(bytes)) ? undefined : `is there and is no ${what}`
}
