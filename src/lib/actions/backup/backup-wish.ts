import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'

export interface BackupWish {
  /** A command line of words and quotes; no shell reads it. */
  readonly command?: string | undefined
  readonly skip?: boolean | undefined
}

/** The cluster with another way to copy its database, from the command line. @throws GhaError `USAGE` */
export function wishBackup(cluster: Cluster, {command, skip}: BackupWish): Cluster {
  if (skip) return {...cluster, backup: {method: 'skip'}}
  if (command === undefined) return cluster
  const [program, ...rest] = wordsOf(command)
  if (program !== undefined) return {...cluster, backup: {method: 'command', words: [program, ...rest]}}
  throw new GhaError(`--backup-cmd ${JSON.stringify(command)} is no command`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Write it as in `--backup-cmd "./snapshot prod"`: words, with quotes around those that hold blanks.',
  })
}

/** Empty where a quote is left open. */
function wordsOf(text: string): readonly string[] {
  const word = /\s*((?:'[^']*'|"[^"]*"|[^\s'"])+)/gy
  const words: string[] = []
  let read = 0
  for (const match of text.matchAll(word)) {
    words.push(
      (match[1] ?? '').replaceAll(
        /'([^']*)'|"([^"]*)"/g,
        (_, single?: string, double?: string) => single ?? double ?? '',
      ),
    )
    read = match.index + match[0].length
  }
  return text.slice(read).trim() === '' ? words : []
}
