import path from 'node:path'
import type {Secret} from '../../model/secret.ts'
import {formatPath, type Path} from '../problem.ts'
import type {Secrets} from '../resolve-secrets.ts'

/** What every builder needs: the validated file's place and its secrets. */
export interface Build {
  readonly folder: string
  readonly secrets: Secrets
}

/** A secret that the schema made sure is there. */
export function secretAt({secrets}: Build, place: Path): Secret {
  const secret = secrets.get(formatPath(place))
  if (!secret) throw new TypeError(`no secret was resolved for ${formatPath(place)}`)
  return secret
}

export function localFile({folder}: Build, relative: string): string {
  return path.resolve(folder, relative)
}
