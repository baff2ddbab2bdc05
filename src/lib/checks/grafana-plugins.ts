import type {ListedPlugin} from '../facts/listed.ts'
import {known, type Observation} from '../model/observation.ts'
import {comparePreReleases} from '../model/version.ts'
import {type BeforeAndNow, beforeAndNow, nothingBefore} from './before-and-now.ts'
import {type About, failed, passed, type WishedTree} from './check.ts'
import {inRun} from './in-run.ts'
import {notRunning} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const grafanaPlugins = inRun(
  ({trial}) => trial !== undefined,
  perNode({
    id: 'grafana/plugins',
    title: 'Grafana has the plugins of gha.yaml, and those it had before',
    severity: 'error',
    hint: 'Look into the plugin folder of the node and into the log of Grafana: a plugin that does not fit the version, or is not signed, is not loaded.',
    unless: about => (wishedOf(about).length > 0 ? notRunning(about) : nothingBefore(about)),
    consented: ({cluster}) => cluster.grafana.admin === undefined,
    fact: listedPlugins,
    judge({before, now}, about) {
      const wished = wishedOf(about)
      const left = new Set([...wished.map(({id}) => id), ...(about.seen.trial?.removesPlugins ?? [])])
      const others = before.filter(({id}) => !left.has(id))
      const wrong = [
        ...wished.flatMap(plugin => notLoaded(plugin, now) ?? []),
        ...others.flatMap(plugin => wrongWith(plugin, now) ?? []),
      ]
      return wrong.length > 0 ? failed(wrong.join(', ')) : passed(`${now.length} plugins`)
    },
  }),
)

function wishedOf({wish}: About): readonly WishedTree[] {
  return wish.plugins ?? []
}

/** Where no Grafana ran before, there is only the wish to compare with. */
function listedPlugins(about: About): Observation<BeforeAndNow<readonly ListedPlugin[]>> {
  const {trial} = about.seen
  if (!trial || trial.before) return beforeAndNow(about, 'plugins')
  const now = trial.listed.plugins
  return now.known ? known({before: [], now: now.value}) : now
}

function notLoaded({id, version}: WishedTree, now: readonly ListedPlugin[]): string | undefined {
  const found = now.find(plugin => plugin.id === id)
  if (!found) return `${id} ${version} is not loaded`
  return found.version === version || version === '-' ? undefined : `${id} is ${found.version}, not ${version}`
}

/** Grafana itself may bring a preinstalled plugin up to date at any start; nobody brings one down. */
function wrongWith({id, version}: ListedPlugin, now: readonly ListedPlugin[]): string | undefined {
  const found = now.find(plugin => plugin.id === id)
  if (!found) return `${id} is gone`
  return isOlder(found.version, version) ? `${id} is ${found.version}, and was ${version}` : undefined
}

/** By its numbers, and a release is newer than what led to it; what has none is older where it differs at all. */
function isOlder(version: string, than: string): boolean {
  const [one, other] = [partsOf(version), partsOf(than)]
  const core = comparedNumbers(one.core, other.core)
  if (core !== 0 || one.core.length === 0) return core < 0 || (one.core.length === 0 && version !== than)
  return comparePreReleases(one.lead, other.lead) < 0
}

/** `2.1.0-beta3+build`: the numbers of its release, and what leads to that. */
function partsOf(version: string): {readonly core: readonly number[]; readonly lead: string} {
  const [, core = '', lead = ''] = /^([^-+]*)(?:-([^+]*))?/.exec(version) ?? []
  return {core: (core.match(/\d+/g) ?? []).map(Number), lead}
}

function comparedNumbers(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((number, index) => number !== (other[index] ?? 0))
  return place < 0 ? one.length - other.length : (one[place] ?? 0) - (other[place] ?? 0)
}
