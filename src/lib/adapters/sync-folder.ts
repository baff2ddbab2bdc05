import {open} from 'node:fs/promises'

/** What was renamed or removed in it is on disk when this resolves. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
