import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'

/** Small shell programs in a folder that goes first in PATH: `{systemctl: 'echo ActiveState=active'}`. */
export function programsIn(folder: string, programs: Readonly<Record<string, string>>): string {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin, {recursive: true})
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(path.join(bin, name), 0o755)
  }
  return bin
}
