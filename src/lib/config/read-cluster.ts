import path from 'node:path'
import type {Cluster} from '../model/cluster.ts'
import {buildCluster} from './build/cluster.ts'
import {checkShape} from './check-shape.ts'
import {crossCheck} from './cross-check.ts'
import {type Diagnostic, formatPath, formatProblem, type Path, type Problem} from './problem.ts'
import {resolveSecrets, type SecretPorts} from './resolve-secrets.ts'
import {type Impatience, sayWhenSlow} from './say-when-slow.ts'
import {readYaml} from './yaml/source.ts'

export type ReadCluster =
  | {readonly cluster: Cluster; readonly warnings: readonly Problem[]}
  | {readonly problems: readonly Problem[]}

export interface ReadOptions extends SecretPorts {
  /** Absolute path of the file the text came from. */
  readonly file: string
  /** Hears which command lets gha wait. */
  readonly impatience?: Impatience
}

/** The text of gha.yaml → the cluster, or everything that is wrong with it at once. */
export async function readCluster(text: string, {file, impatience, ...ports}: ReadOptions): Promise<ReadCluster> {
  const source = readYaml(text)
  const located = (diagnostic: Diagnostic): Problem => ({
    file: path.basename(file),
    ...source.placeOf(diagnostic),
    path: formatPath(diagnostic.path),
    text: diagnostic.text,
  })
  const waitingFor = (place: Path) => formatProblem(located({path: place, text: 'waiting for this command to end'}))
  const broken = source.problems.map(problem => ({file: path.basename(file), path: '', ...problem}))
  if (source.value === undefined) return {problems: broken}

  const shape = checkShape(source.value)
  const resolved = await resolveSecrets(source.value, path.dirname(file), {
    ...ports,
    ...(impatience && {attend: (running, place) => sayWhenSlow(running, waitingFor(place), impatience)}),
  })
  const crossed = await crossCheck({
    root: source.value,
    secrets: resolved.secrets,
    folder: path.dirname(file),
    files: ports.files,
  })
  const problems = inOrder([
    ...broken,
    ...[...(shape.right ? [] : shape.diagnostics), ...resolved.problems, ...crossed.problems].map(located),
  ])

  if (problems.length > 0 || !shape.right) return {problems}
  return {
    cluster: buildCluster(shape.input, file, resolved.secrets),
    warnings: inOrder([...resolved.warnings, ...crossed.warnings].map(located)),
  }
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
}
