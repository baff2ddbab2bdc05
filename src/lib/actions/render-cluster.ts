import path from 'node:path'
import {GhaError} from '../errors/gha-error.ts'
import type {Cluster} from '../model/cluster.ts'
import {balancerHosts} from '../model/load-balancer.ts'
import type {Files} from '../ports/local.ts'
import {renderBalancer} from '../render/render-balancer.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import {renderNode} from '../render/render-node.ts'
import type {RenderedFile} from '../render/rendered-file.ts'

export interface RenderWish {
  readonly cluster: Cluster
  readonly material: RenderMaterial
  /** Absolute path of the folder that takes everything. */
  readonly directory: string
  readonly secrets: 'shown' | 'redacted'
}

export interface WrittenFile {
  readonly host: string
  /** Where it stands on the host. */
  readonly path: string
  readonly access: RenderedFile['access']
  /** Of the true content, secrets included. */
  readonly bytes: number
}

/**
 * Writes every file of every node and balancer host below `directory/HOST`, and removes what an earlier call wrote and
 * this one does not.
 * @throws GhaError `RENDER_FOLDER_TAKEN`
 */
export async function renderCluster(wish: RenderWish, files: Files): Promise<readonly WrittenFile[]> {
  const placed = filesOf(wish).map(({host, file}) => ({host, file, place: path.posix.join(host, file.path)}))
  const places = placed.map(({place}) => place)
  const before = await ownedBefore(wish.directory, places, files)
  await files.write(path.join(wish.directory, LIST), `${places.join('\n')}\n`, 0o644)
  await Promise.all(placed.map(({file, place}) => write(file, path.join(wish.directory, place), {wish, files})))
  const kept = new Set(places)
  const left = before.filter(place => !kept.has(place))
  await Promise.all(left.map(place => files.remove(path.join(wish.directory, place))))
  return placed.map(({host, file: {path: there, access, content}}) => ({
    host,
    path: there,
    access,
    bytes: Buffer.byteLength(content.reveal()),
  }))
}

/** Names every file that gha wrote into the folder, one on a line. */
const LIST = '.gha-rendered'

function filesOf({cluster, material}: RenderWish): readonly {readonly host: string; readonly file: RenderedFile}[] {
  const {loadBalancer} = cluster
  const balancers = balancerHosts(loadBalancer)
  const balancerFiles = renderBalancer(cluster)
  return [
    ...cluster.nodes.flatMap(node => renderNode(cluster, node, material).map(file => ({host: node.name, file}))),
    ...balancers.flatMap(({name}) => balancerFiles.map(file => ({host: name, file}))),
  ]
}

async function write(
  file: RenderedFile,
  place: string,
  {wish, files}: {readonly wish: RenderWish; readonly files: Files},
): Promise<void> {
  if (wish.secrets === 'shown') await files.write(place, file.content.reveal(), 0o600)
  else await files.write(place, file.redacted, 0o644)
}

/** What gha wrote there before; it overwrites nothing else. */
async function ownedBefore(directory: string, places: readonly string[], files: Files): Promise<readonly string[]> {
  if (path.dirname(path.resolve(directory)) === path.resolve(directory)) throw taken(directory, ['everything'])
  const list = await files.read(path.join(directory, LIST))
  const owned = new Set(list ? new TextDecoder().decode(list).split('\n') : [])
  const wished = new Set(places)
  const there = (await files.list(directory)).filter(place => place !== LIST)
  const foreign = there.filter(place => !owned.has(place) && (!list || wished.has(place)))
  if (foreign.length === 0) return there.filter(place => owned.has(place))
  throw taken(directory, foreign)
}

function taken(directory: string, foreign: readonly string[]): GhaError {
  return new GhaError(`${directory} holds files that gha did not write: ${foreign.slice(0, 3).join(', ')}`, {
    code: 'RENDER_FOLDER_TAKEN',
    exit: 'usage',
    unchanged: 'Nothing was written.',
    hint: 'Name another folder with `--out DIR`, or empty this one.',
  })
}
