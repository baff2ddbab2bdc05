import path from 'node:path'
import type {WishedTree} from '../checks/check.ts'
import {GhaError} from '../errors/gha-error.ts'
import type {NodeObservation} from '../facts/node-observation.ts'
import {buildFor, type PluginOffer, usualArchive} from '../grafana/plugin-builds.ts'
import type {Node} from '../model/node.ts'
import type {WishedPlugin} from '../plan/wish.ts'
import type {RenderMaterial} from '../render/render-material.ts'

/** What a node's machine gets of the plugins that gha.yaml names. @throws GhaError `ARCHIVE_MISSING`, `PLUGIN_UNFIT` with the node */
export function pluginsFor(
  node: Node,
  seen: Pick<NodeObservation, 'plugins'> | undefined,
  {plugins = []}: RenderMaterial,
): readonly WishedPlugin[] {
  const machine = machineOf(seen)
  return plugins.map(offer => {
    const build = buildFor(offer, machine)
    if (!build) throw missing(node, offer, machine)
    if ('problem' in build) throw unfit(node, build)
    return {plugin: {...placed(node, offer), digest: build.tree.digest, origin: 'archive'}, tree: build.tree}
  })
}

/** The same for who only looks: what is wrong with an archive stands in the place of its digest. */
export function pluginTreesFor(
  node: Node,
  seen: Pick<NodeObservation, 'plugins'> | undefined,
  {plugins = []}: RenderMaterial,
): readonly WishedTree[] {
  const machine = machineOf(seen)
  return plugins.map(offer => {
    const build = buildFor(offer, machine)
    const wished = placed(node, offer)
    if (!build) return {...wished, problem: `there is no ${usualArchive(offer, machine)}`}
    return 'problem' in build
      ? {...wished, problem: `${path.basename(build.file)} ${build.problem}`}
      : {...wished, digest: build.tree.digest}
  })
}

function placed({paths}: Node, {id, version}: PluginOffer): Pick<WishedTree, 'id' | 'version' | 'path'> {
  return {id, version, path: `${paths.plugins}/${id}`}
}

function machineOf(seen: Pick<NodeObservation, 'plugins'> | undefined): string {
  return seen?.plugins.known ? seen.plugins.value.machine : ''
}

function missing({name}: Node, offer: PluginOffer, machine: string): GhaError {
  return new GhaError(`there is no ${usualArchive(offer, machine)} in the folder of \`grafana.pluginSource\``, {
    code: 'ARCHIVE_MISSING',
    exit: 'preflight',
    node: name,
    unchanged: 'No Grafana was touched.',
    hint: 'Put the archive of the catalogue there, under its name there, and run the command again.',
  })
}

function unfit({name}: Node, {file, problem}: {readonly file: string; readonly problem: string}): GhaError {
  return new GhaError(`${path.basename(file)} ${problem}`, {
    code: 'PLUGIN_UNFIT',
    exit: 'preflight',
    node: name,
    unchanged: 'No Grafana was touched.',
    hint: 'Fetch the archive again from where the plugin comes from, or correct `grafana.plugins` in gha.yaml.',
  })
}
