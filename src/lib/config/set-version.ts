import {isMap, isScalar, parseDocument} from 'yaml'
import {GhaError} from '../errors/gha-error.ts'
import {formatVersion, type Version} from '../model/version.ts'

/** The text of gha.yaml with another `grafana.version`; every other byte stays. */
export function setVersion(text: string, version: Version): string {
  return putVersion(text, formatVersion(version))
}

/** The same with a version as `writtenVersion` found it. */
export function putVersion(text: string, written: string): string {
  const [from, to] = placeOfVersion(text)
  return text.slice(0, from) + written + text.slice(to)
}

/** `grafana.version` as it stands there, in its quotes where it has some. */
export function writtenVersion(text: string): string {
  return text.slice(...placeOfVersion(text))
}

function placeOfVersion(text: string): readonly [from: number, to: number] {
  const document = parseDocument(text, {prettyErrors: false})
  const grafana = document.get('grafana', true)
  const scalar = isMap(grafana) ? grafana.get('version', true) : undefined
  const range = isScalar(scalar) ? scalar.range : undefined
  if (document.errors.length > 0 || !range) throw noVersion()
  // The range of a block scalar has the end of its line, and what follows would be drawn up to the version.
  return [range[0], range[0] + text.slice(range[0], range[1]).trimEnd().length]
}

function noVersion(): GhaError {
  return new GhaError('found no version in the grafana section of the cluster file', {
    code: 'CLUSTER_FILE_INVALID',
    exit: 'usage',
    unchanged: 'The file is as it was.',
    hint: 'Write the version as plain text: `version: 12.1.0` below `grafana:`.',
  })
}
