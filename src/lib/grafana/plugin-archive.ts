import {sha256} from '../model/digest.ts'
import {parsedObject} from '../model/parsed-object.ts'
import {type TreeFile, treeDigest} from '../model/tree.ts'
import {readZip, type ZipFile} from '../model/zip.ts'

/** A plugin as its archive holds it. */
export interface PluginTree {
  readonly digest: string
  readonly files: readonly PluginFile[]
}

export interface PluginFile extends TreeFile {
  readonly content: () => Promise<Uint8Array>
}

export interface PluginName {
  readonly id: string
  readonly version: string
}

/** Far above the largest plugin of the catalogue. */
const LIMITS = {files: 20_000, bytes: 1024 ** 3}

/** Where Grafana looks for what a plugin says of itself, in its order. */
export const PLUGIN_JSON = ['dist/plugin.json', 'plugin.json'] as const

/** @throws Error whose message is half a sentence about the archive */
export async function readPluginArchive(bytes: Uint8Array, wished: PluginName): Promise<PluginTree> {
  const inside = (await readZip(bytes, LIMITS)).map(file => ({...file, path: belowTop(file.path, wished.id)}))
  await refuseOther(inside, wished)
  const files = await Array.fromAsync(inside, async ({path, mode, content}) => ({
    path,
    sha256: sha256(await content()),
    executable: isProgram(path, mode),
    content,
  }))
  return {digest: treeDigest(files), files}
}

/** The version that a plugin.json tells. */
export function pluginVersion(json: string): string | undefined {
  const version = (parsedObject(json)?.['info'] as Record<string, unknown> | undefined)?.['version']
  return typeof version === 'string' && version !== '' ? version : undefined
}

function belowTop(path: string, id: string): string {
  if (path.startsWith(`${id}/`)) return path.slice(id.length + 1)
  throw new Error(`holds ${path}, which is not in a folder ${id}`)
}

async function refuseOther(files: readonly ZipFile[], {id, version}: PluginName): Promise<void> {
  const said = PLUGIN_JSON.flatMap(place => files.find(({path}) => path === place) ?? [])[0]
  if (!said) throw new Error(`holds no ${id}/plugin.json`)
  const json = new TextDecoder().decode(await said.content())
  const [is, at] = [parsedObject(json)?.['id'], pluginVersion(json)]
  if (is !== id || at !== version) throw new Error(`is ${String(is)} ${at ?? 'of no version'} by its plugin.json`)
}

/** An archive that was made where files have no permissions still names the machines of its programs. */
function isProgram(path: string, mode: number): boolean {
  return (mode & 0o111) !== 0 || /_(?:linux|darwin|freebsd)_[a-z0-9_]+$/.test(path)
}
