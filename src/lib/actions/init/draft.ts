import path from 'node:path'
import {CLUSTER_FILE} from '../../config/find-cluster-file.ts'
import type {Problem} from '../../config/problem.ts'
import {readCluster} from '../../config/read-cluster.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Ports} from '../../ports/ports.ts'
import {composeCluster} from './compose.ts'
import {overlayFiles} from './overlay-files.ts'
import type {InitAnswers, InitSecrets, SecretName} from './wish.ts'

/** What would be written, read by gha as it will be read again. */
export interface Draft {
  readonly text: string
  readonly cluster: Cluster
}

export interface DraftOptions {
  readonly directory: string
  readonly secrets: InitSecrets
}

const PLACEHOLDER = 'not-there-yet'

/** @throws GhaError `CLUSTER_FILE_INVALID` when the answers do not make a cluster */
export async function draftCluster(
  answers: InitAnswers,
  {directory, secrets}: DraftOptions,
  ports: Pick<Ports, 'files' | 'env' | 'programs'>,
): Promise<Draft> {
  const names = Object.keys(secrets) as SecretName[]
  const text = composeCluster(answers, new Set(names))
  const file = path.join(directory, CLUSTER_FILE)
  const pending = new Map([
    // The operator may put the database's password there later.
    [secretFile(directory, 'database_password'), PLACEHOLDER],
    ...names.map(name => [secretFile(directory, name), secrets[name]?.reveal() ?? PLACEHOLDER] as const),
  ])
  const files = {...ports.files, ...overlayFiles(ports.files, pending)}
  const read = await readCluster(text, {...ports, files, file})
  if ('problems' in read) throw invalid(read.problems)
  return {text, cluster: read.cluster}
}

export function secretFile(directory: string, name: SecretName): string {
  return path.join(directory, 'secrets', name)
}

function invalid(problems: readonly Problem[]): GhaError {
  const lines = problems.map(problem => `  ${problem.path ? `${problem.path}: ` : ''}${problem.text}`)
  const [only] = problems
  return new GhaError(
    problems.length === 1 && only
      ? `${only.path}: ${only.text}`
      : ['these answers make no cluster', ...lines].join('\n'),
    {
      code: 'CLUSTER_FILE_INVALID',
      exit: 'usage',
      unchanged: 'Nothing was written.',
      hint: 'Correct the arguments and run `gha init` again.',
    },
  )
}
