import {chownSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Account} from './daemon.ts'

export interface ServerFolder {
  readonly path: string
  readonly write: (name: string, content: string) => string
  readonly remove: () => void
}

/** A fresh folder that belongs to the account a server runs as. */
export function serverFolder(name: string, account: Account | undefined): ServerFolder {
  const folder = mkdtempSync(path.join(tmpdir(), `gha-${name}-`))
  own(folder, account)
  return {
    path: folder,
    write: (file, content) => {
      const place = path.join(folder, file)
      writeFileSync(place, content, {mode: 0o600})
      own(place, account)
      return place
    },
    remove: () => rmSync(folder, {recursive: true, force: true}),
  }
}

function own(place: string, account: Account | undefined): void {
  if (account) chownSync(place, account.uid, account.gid)
}
