import type {PluginName, PluginTree} from './plugin-archive.ts'

/** What lies beside gha.yaml of a plugin. */
export interface PluginOffer extends PluginName {
  readonly builds: readonly PluginBuild[]
}

/** One archive, or why it is none, as half a sentence about the file. */
export type PluginBuild = {readonly file: string; readonly machine?: string} & (
  | {readonly tree: PluginTree}
  | {readonly problem: string}
)

/** What the catalogue calls the machines that `uname -m` names. */
const MACHINES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  i686: '386',
}

/** `grafana-clock-panel-2.1.3.zip`, `….any.zip`, `….linux_amd64.zip`; undefined where a name is none of this plugin. */
export function machineOfArchive(file: string, {id, version}: PluginName): {readonly machine?: string} | undefined {
  const start = `${id}-${version}.`
  if (!file.startsWith(start) || !file.endsWith('.zip')) return undefined
  const rest = file.slice(start.length - 1, -'.zip'.length)
  if (rest === '' || rest === '.any') return {}
  const machine = /^\.linux_([a-z0-9]+)$/.exec(rest)?.[1]
  return machine === undefined ? undefined : {machine}
}

/** The one for that machine, otherwise one that is good for all. */
export function buildFor({builds}: PluginOffer, machine: string): PluginBuild | undefined {
  const own = MACHINES[machine] ?? machine
  return builds.find(build => build.machine === own) ?? builds.find(build => build.machine === undefined)
}

/** The name that the catalogue gives an archive for that machine. */
export function usualArchive({id, version}: PluginName, machine: string): string {
  return `${id}-${version}.zip or ${id}-${version}.linux_${MACHINES[machine] ?? machine}.zip`
}
