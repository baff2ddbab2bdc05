import {readdirSync, readFileSync} from 'node:fs'

/** Argv and environment of every process of this machine that this user may see. */
export function processWords(): readonly string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => [wordsOf(`/proc/${pid}/cmdline`), wordsOf(`/proc/${pid}/environ`)])
}

function wordsOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
