import type {ListedPlugin} from '../facts/listed.ts'
import type {Plugin} from '../model/cluster.ts'
import {beforeAndNow, nothingBefore} from './before-and-now.ts'
import {failed, passed} from './check.ts'
import {inRun} from './in-run.ts'
import {perNode} from './per-node.ts'

export const grafanaPlugins = inRun(
  ({trial}) => trial !== undefined,
  perNode({
    id: 'grafana/plugins',
    title: 'Grafana has the plugins it had before',
    severity: 'error',
    hint: 'Look into the plugin folder of the node and into the log of Grafana: a plugin that does not fit the new version is not loaded.',
    unless: nothingBefore,
    consented: ({cluster}) => cluster.grafana.admin === undefined,
    fact: about => beforeAndNow(about, 'plugins'),
    judge({before, now}, {cluster}) {
      const wrong = before.flatMap(plugin => {
        const words = wrongWith(plugin, now, cluster.grafana.plugins)
        return words ? [words] : []
      })
      return wrong.length > 0 ? failed(wrong.join(', ')) : passed(`${now.length} plugins`)
    },
  }),
)

/** Grafana itself may bring a preinstalled plugin up to date at any start; nobody brings one down unless gha.yaml says so. */
function wrongWith(
  {id, version}: ListedPlugin,
  now: readonly ListedPlugin[],
  wished: readonly Plugin[],
): string | undefined {
  const found = now.find(plugin => plugin.id === id)
  if (!found) return `${id} is gone`
  const isWished = wished.some(plugin => plugin.id === id && plugin.version === found.version)
  return !isWished && isOlder(found.version, version) ? `${id} is ${found.version}, and was ${version}` : undefined
}

/** By its numbers; what has none is older where it differs at all. */
function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map(text => (text.match(/\d+/g) ?? []).map(Number))
  const place = one?.findIndex((number, index) => number !== (other?.[index] ?? 0)) ?? -1
  if (place >= 0) return (one?.[place] ?? 0) < (other?.[place] ?? 0)
  return (one?.length ?? 0) < (other?.length ?? 0) || (one?.length === 0 && version !== than)
}
