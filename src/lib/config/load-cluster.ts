import path from 'node:path'
import {GhaError} from '../errors/gha-error.ts'
import type {Cluster} from '../model/cluster.ts'
import {formatProblem, type Problem} from './problem.ts'
import {readCluster} from './read-cluster.ts'
import type {SecretPorts} from './resolve-secrets.ts'
import type {Impatience} from './say-when-slow.ts'

export interface LoadPorts extends SecretPorts {
  /** Hears what is accepted but should not stay, one line each. */
  readonly warn?: (text: string) => void
  /** Hears which command lets gha wait. */
  readonly impatience?: Impatience
}

const MAX_LISTED = 50

/**
 * Reads a cluster file by its absolute path.
 * @throws GhaError `CLUSTER_FILE_MISSING`, or `CLUSTER_FILE_INVALID` with all problems at once.
 */
export async function loadCluster(file: string, ports: LoadPorts): Promise<Cluster> {
  const read = await readCluster(await textOf(file, ports), {...ports, file})
  if ('problems' in read) throw invalid(file, read.problems)
  for (const warning of read.warnings) ports.warn?.(formatProblem(warning))
  return read.cluster
}

async function textOf(file: string, {files}: LoadPorts): Promise<string> {
  // Whoever opens a pipe waits for its other end, maybe for ever; and a run reads the file again, and writes it.
  if ((await files.kind(file)) === 'other') {
    throw new GhaError(`${file} is no regular file`, {
      code: 'CLUSTER_FILE_INVALID',
      exit: 'usage',
      unchanged: 'Nothing was changed.',
      hint: 'Save the cluster file on disk, and name it with `-c FILE`.',
    })
  }
  const bytes = await files.read(file)
  if (!bytes) {
    throw new GhaError(`there is no cluster file ${file}`, {
      code: 'CLUSTER_FILE_MISSING',
      exit: 'usage',
      unchanged: 'Nothing was changed.',
      hint: 'Write one with `gha init`, or name it with `-c FILE`.',
    })
  }
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch (cause) {
    throw new GhaError(`${path.basename(file)}:1:1 is not UTF-8 text`, {
      code: 'CLUSTER_FILE_INVALID',
      exit: 'usage',
      unchanged: 'Nothing was changed.',
      hint: 'Save it as UTF-8.',
      cause,
    })
  }
}

function invalid(file: string, problems: readonly Problem[]): GhaError {
  const listed = problems.slice(0, MAX_LISTED).map(problem => `  ${formatProblem(problem)}`)
  const more = problems.length - listed.length
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = [`${file} has ${count}`, ...listed, ...(more > 0 ? [`  and ${more} more`] : [])]
  return new GhaError(lines.join('\n'), {
    code: 'CLUSTER_FILE_INVALID',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Correct the file and run the command again.',
  })
}
