import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {gzipSync} from 'node:zlib'
import {writeDist} from '../../double/dist.ts'
import type {Base} from '../base/base.ts'
import {CACHE_FOLDER} from '../layout.ts'
import {publish} from '../packages/repository.ts'
import {must, type RunOptions} from '../run.ts'

/** As the nodes name it: each has a registry of its own. */
export const IMAGE = '127.0.0.1:5000/grafana/grafana'
/** Its Grafana ends as soon as it is started. */
export const CRASHING = '12.1.9'
const VERSIONS = ['12.1.0', '12.1.1', CRASHING]
const STORE = 'var/lib/docker-registry/docker/registry/v2'
const TYPES = 'application/vnd.docker'

/** A layer of a node's file system with all that its registry holds: images of the double, laid out as the official one is. */
export async function imagesLayer({base, key}: Base, double: string, options: RunOptions = {}): Promise<string> {
  const folder = path.join(CACHE_FOLDER, `images-${key}-${path.basename(double)}-${ownHash()}`)
  if (existsSync(folder)) return folder
  const work = mkdtempSync(path.join(CACHE_FOLDER, 'packing-'))
  try {
    await must(['sh', path.join(import.meta.dirname, 'make-runtime.sh'), base, path.join(work, 'runtime')], options)
    const registry = new Registry(path.join(work, 'layer'))
    const runtime = await registry.addLayer(path.join(work, 'runtime'), options)
    for (const version of VERSIONS) {
      const tree = path.join(work, version)
      await writeDist(version, path.join(tree, 'usr/share/grafana'))
      registry.tag(version, [runtime, await registry.addLayer(tree, options)])
      rmSync(tree, {recursive: true})
    }
    await must(['chmod', '-R', 'u=rwX,go=rX', path.join(work, 'layer')], options)
    publish(path.join(work, 'layer'), folder)
  } finally {
    rmSync(work, {recursive: true, force: true})
  }
  return folder
}

interface Layer {
  /** Of the archive itself, and as it travels. */
  readonly plain: string
  readonly packed: string
  readonly size: number
}

/** The folders of a registry's store, written as it writes them. */
class Registry {
  readonly #store: string

  constructor(root: string) {
    this.#store = path.join(root, STORE)
  }

  async addLayer(tree: string, options: RunOptions): Promise<Layer> {
    const archive = `${tree}.tar`
    await must(['tar', '-c', '--sort=name', '--numeric-owner', '-f', archive, '-C', tree, '.'], options)
    const bytes = readFileSync(archive)
    rmSync(archive)
    const packed = gzipSync(bytes, {level: 1})
    return {plain: digest(bytes), packed: this.#addBlob(packed), size: packed.length}
  }

  tag(version: string, layers: readonly Layer[]): void {
    const config = Buffer.from(JSON.stringify(configOf(version, layers)))
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: `${TYPES}.distribution.manifest.v2+json`,
        config: {mediaType: `${TYPES}.container.image.v1+json`, size: config.length, digest: this.#addBlob(config)},
        layers: layers.map(({packed, size}) => ({
          mediaType: `${TYPES}.image.rootfs.diff.tar.gzip`,
          size,
          digest: packed,
        })),
      }),
    )
    const name = digest(manifest)
    this.#addBlob(manifest, `_manifests/revisions/${folderOf(name)}`)
    this.#link(`_manifests/tags/${version}/current`, name)
    this.#link(`_manifests/tags/${version}/index/${folderOf(name)}`, name)
  }

  #addBlob(bytes: Uint8Array, place?: string): string {
    const name = digest(bytes)
    const hex = name.replace('sha256:', '')
    put(path.join(this.#store, 'blobs/sha256', hex.slice(0, 2), hex, 'data'), bytes)
    this.#link(place ?? `_layers/${folderOf(name)}`, name)
    return name
  }

  #link(place: string, name: string): void {
    put(path.join(this.#store, 'repositories/grafana/grafana', place, 'link'), name)
  }
}

function configOf(version: string, layers: readonly Layer[]) {
  const home = '/usr/share/grafana'
  return {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {
      User: '472',
      WorkingDir: home,
      Entrypoint: ['/run.sh'],
      Env: [
        `PATH=${home}/bin:/usr/bin:/bin`,
        `GF_PATHS_HOME=${home}`,
        'GF_PATHS_CONFIG=/etc/grafana/grafana.ini',
        'GF_PATHS_DATA=/var/lib/grafana',
        'GF_PATHS_LOGS=/var/log/grafana',
        'GF_PATHS_PLUGINS=/var/lib/grafana/plugins',
        'GF_PATHS_PROVISIONING=/etc/grafana/provisioning',
        ...(version === CRASHING ? ['DOUBLE_FAULT=crash-at-boot'] : []),
      ],
    },
    rootfs: {type: 'layers', diff_ids: layers.map(({plain}) => plain)},
    history: layers.map(() => ({created_by: 'the lab'})),
  }
}

const folderOf = (name: string) => name.replace(':', '/')

function digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function put(file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(file, content)
}

function ownHash(): string {
  const hash = createHash('sha256')
  for (const name of ['images.ts', 'make-runtime.sh']) hash.update(readFileSync(path.join(import.meta.dirname, name)))
  return hash.digest('hex').slice(0, 8)
}
