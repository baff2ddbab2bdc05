import type {NodeObservation} from '../facts/node-observation.ts'
import {CLOCK_GRAIN_SECONDS, type Process} from '../facts/process.ts'
import type {Release} from '../model/release.ts'
import {formatVersion, sameVersion} from '../model/version.ts'

/**
 * Everything that speaks against this release being what runs on the node; empty means that it is. What is unknown
 * speaks against it. Whether it runs well is for the checks to say.
 */
export function contradictions(release: Release, seen: NodeObservation): readonly string[] {
  return [...wrongVersion(release, seen), ...wrongFiles(release, seen), ...silentMesh(seen)]
}

function wrongVersion(release: Release, {health}: NodeObservation): readonly string[] {
  if (!health.known) return [`/api/health: ${health.reason}`]
  const {version} = health.value
  if (!version || sameVersion(version, release.version)) return []
  return [`it runs ${formatVersion(version)}, not ${formatVersion(release.version)}`]
}

/** The files are those of the release, and the process began after they were put there. */
function wrongFiles(release: Release, {files, service}: NodeObservation): readonly string[] {
  if (!files.known) return [`files: ${files.reason}`]
  const process: Process | undefined = service.known ? service.value.process : undefined
  return release.files.flatMap(({path, sha256}) => {
    const live = files.value.get(path)
    if (!live?.exists || live.sha256 !== sha256) return [`${path} is not the file of this release`]
    if (process && live.modifiedAt > process.startedAt + CLOCK_GRAIN_SECONDS)
      return [`the process is older than ${path}`]
    return []
  })
}

/** A mesh that only counts is not yet one: its state comes with the first message. */
function silentMesh({metrics}: NodeObservation): readonly string[] {
  if (!metrics.known) return []
  const {members, messagesReceived} = metrics.value
  return members !== undefined && members > 1 && messagesReceived === 0
    ? ['it counts its peers in the alerting mesh, but has received nothing from them']
    : []
}
