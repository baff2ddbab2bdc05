import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {onTestFinished} from 'vitest'
import type {Ended, LabCluster} from './cluster.ts'

/** Another operator's machine, in the same place of the network: it knows a cluster by its gha.yaml alone. */
export interface OtherMachine {
  readonly cluster: LabCluster
  readonly gha: (...words: readonly string[]) => Promise<Ended>
  /** What a command prints as JSON: that of an error too, with its exit code. */
  readonly document: (...words: readonly string[]) => Promise<Readonly<Record<string, unknown>>>
}

export const OTHER_NAME = 'other-desk'

/** Sets one up for a test. It has no journals, and by its name no process of the first machine is looked for there. */
export function otherMachine(first: LabCluster): OtherMachine {
  const cluster = first.inFolder(mkdtempSync(path.join(tmpdir(), 'gha-other-')))
  onTestFinished(() => rmSync(cluster.folder, {recursive: true}))
  cluster.write(first.wish)
  const gha = (...words: readonly string[]) => cluster.gha(words, {under: UNDER_ITS_NAME})
  return {
    cluster,
    gha,
    document: async (...words) => JSON.parse((await gha(...words, '-o', 'json')).stdout),
  }
}

const UNDER_ITS_NAME = ['unshare', '--uts', 'sh', '-c', `hostname ${OTHER_NAME} && exec "$@"`, '-'] as const
