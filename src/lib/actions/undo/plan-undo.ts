import {GhaError, onNode} from '../../errors/gha-error.ts'
import {classifyStep, runsMixed, type VersionStep} from '../../grafana/version-steps.ts'
import {readFiles} from '../../host/read-files.ts'
import {readRelease} from '../../host/read-release.ts'
import {atVersion} from '../../model/at-version.ts'
import type {Cluster} from '../../model/cluster.ts'
import {sha256} from '../../model/digest.ts'
import {given} from '../../model/given.ts'
import type {Node} from '../../model/node.ts'
import type {Release} from '../../model/release.ts'
import {Secret} from '../../model/secret.ts'
import {compareVersions, formatVersion, parseVersion, sameVersion, type Version} from '../../model/version.ts'
import type {Wish} from '../../plan/wish.ts'
import type {Ports} from '../../ports/ports.ts'
import {redactText, shownKeys} from '../../render/redact-text.ts'
import type {RenderMaterial} from '../../render/render-material.ts'
import {renderNode} from '../../render/render-node.ts'
import type {ShownDifference} from '../../report/difference.ts'
import {unaskedWords} from '../../report/runs/silent-nodes.ts'
import {changedLines} from '../change/differences.ts'
import type {WayBack} from '../change/way-back.ts'
import {lookAtRuns} from '../control/look-at-runs.ts'
import {runsToUndo, type Undoable} from './runs-to-undo.ts'

export interface Undo {
  /** With the version from before; the very same one where that stays. */
  readonly cluster: Cluster
  readonly back: WayBack
  /** Ids, newest first. */
  readonly runs: readonly string[]
  /** Ids of undos that did not arrive there, newest first. */
  readonly begun: readonly string[]
  /** What gha.yaml wishes otherwise than the releases that are gone back to: the next rollout brings it again. */
  readonly comesAgain: readonly ShownDifference[]
}

/**
 * Finds out what the cluster was before its last run, from the journals and the releases that lie on the nodes.
 * @throws GhaError `UNDO_NOTHING` | `UNDO_OVER_MIGRATION` | `UNDO_MIXED` | `RELEASE_MISSING`
 */
export async function planUndo(cluster: Cluster, ports: Ports, material: RenderMaterial): Promise<Undo> {
  const seen = await lookAtRuns(cluster, ports)
  const undoable = runsToUndo(seen.stories)
  if (!undoable) throw nothing(`no run that changed a node is remembered${unaskedWords(seen)}`)
  const nodes = cluster.nodes.filter(({name}) => undoable.before.has(name))
  const wishes = new Map(
    await Promise.all(
      nodes.map(async node => {
        const past = {id: undoable.before.get(node.name), now: renderNode(cluster, node, material)}
        return [node.name, await wishBefore(node, ports, past)] as const
      }),
    ),
  )
  const version = oneVersion([...wishes.values()].map(({release}) => release.version))
  const before = atVersion(cluster, version)
  return {
    cluster: before,
    back: {wishes, step: stepBack(undoable, version, cluster.grafana.version)},
    runs: undoable.runs.map(({run}) => run),
    begun: undoable.begun.map(({run}) => run),
    comesAgain: nodes.flatMap(node => [
      ...comesAgain(renderNode(before, node, material), node, wishes.get(node.name)),
      ...pluginsComeAgain(cluster, node, wishes.get(node.name)),
    ]),
  }
}

interface Past {
  readonly id: string | undefined
  /** Today's files: of an older one only what stands in them openly is shown. */
  readonly now: Wish['files']
}

async function wishBefore(node: Node, ports: Ports, {id, now}: Past): Promise<Wish> {
  if (id === undefined) throw nothing('it had no Grafana of this cluster before', node.name)
  const host = await ports.hosts.connect(node.name, node.ssh)
  try {
    const release = await host.run(readRelease(node.paths.state, id))
    const places = release.files.map((_, place) => `${node.paths.state}/releases/${id}/files/${place}`)
    const texts = await host.run(readFiles(places))
    return {
      release,
      files: release.files.map((file, place) => keptFile(file, texts.get(places[place] ?? '') ?? '', now)),
    }
  } catch (error) {
    throw onNode(error, node.name)
  }
}

/** Content for the eye only: what is swapped in lies on the node already. */
function keptFile({path, access}: Release['files'][number], text: string, now: Wish['files']): Wish['files'][number] {
  const shown = shownKeys(now.find(file => file.path === path)?.redacted ?? '')
  const redacted = redactText(path, text, {also: (section, key) => !shown(section, key)})
  return {path, access, content: new Secret(text), redacted, restart: true}
}

function comesAgain(now: Wish['files'], {name}: Node, wish: Wish | undefined): readonly ShownDifference[] {
  const before = new Map(wish?.release.files.map((file, place) => [file.path, {file, kept: wish.files[place]}]))
  const other = now.filter(({path, content}) => before.get(path)?.file.sha256 !== sha256(content.reveal()))
  const gone = [...before.keys()].filter(path => !now.some(file => file.path === path))
  return [
    ...other.map(({path, redacted}) => {
      const lines = changedLines(before.get(path)?.kept?.redacted ?? '', redactText(path, redacted))
      return {node: name, path, lines, ...(lines.length === 0 ? {note: 'a secret in it differs'} : {})}
    }),
    ...gone.map(path => ({node: name, path, lines: [], note: 'gha.yaml does not have it any more'})),
  ]
}

/** By their versions: the archives of gha.yaml may not be here any more. */
function pluginsComeAgain({grafana}: Cluster, {name, paths}: Node, wish: Wish | undefined): readonly ShownDifference[] {
  const before = wish?.release.plugins ?? []
  const other = grafana.plugins.filter(
    ({id, version}) => !before.some(plugin => plugin.id === id && plugin.version === version),
  )
  const gone = before.filter(
    ({id, origin}) => origin === 'archive' && !grafana.plugins.some(plugin => plugin.id === id),
  )
  return [
    ...other.map(({id, version}) => ({
      node: name,
      path: `${paths.plugins}/${id}`,
      lines: [],
      note: `gha.yaml has plugin ${version}`,
    })),
    ...gone.map(({path}) => ({node: name, path, lines: [], note: 'gha.yaml does not have it any more'})),
  ]
}

/** Back over what the step was forward: an older node may run beside the newer schema, or it may not. */
function stepBack({runs}: Undoable, before: Version, wished: Version): VersionStep {
  const now = parseVersion(runs[0]?.outline?.to ?? '') ?? wished
  const [older, newer] = compareVersions(before, now) <= 0 ? [before, now] : [now, before]
  const forward = classifyStep(older, newer)
  const barrier = runs.find(({outline}) => outline?.step === 'single-writer')
  const runsBeside = runsMixed(forward)
  if (runsBeside && !barrier) return forward
  const reason = runsBeside ? 'its migration had the database alone' : forward.reason
  throw new GhaError(`going back from ${formatVersion(now)} to ${formatVersion(before)} is not a rollout: ${reason}`, {
    code: 'UNDO_OVER_MIGRATION',
    exit: 'unsupported',
    unchanged: 'Nothing was changed.',
    hint: 'Going back over this migration is a restore of the database from the backup that was made before it.',
  })
}

function oneVersion(versions: readonly Version[]): Version {
  const [first, ...others] = versions
  if (!first) throw nothing('none of its nodes is in gha.yaml any more')
  if (others.every(other => sameVersion(other, first))) return first
  const words = [...new Set(versions.map(formatVersion))].join(' and ')
  throw new GhaError(`the nodes ran ${words} before, so there is no one version to go back to`, {
    code: 'UNDO_MIXED',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Choose one with `gha rollout --to VERSION`.',
  })
}

function nothing(why: string, node?: string): GhaError {
  return new GhaError(`there is nothing to go back to: ${why}`, {
    code: 'UNDO_NOTHING',
    exit: 'preflight',
    ...given({node}),
    unchanged: 'Nothing was changed.',
    hint: 'Look at past runs with `gha rollout history`, or choose a version with `gha rollout --to VERSION`.',
  })
}
