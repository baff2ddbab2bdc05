import type {Install} from '../model/cluster.ts'
import type {Paths} from '../model/node.ts'

export type GrafanaPaths = Omit<Paths, 'state'>

/** Where deb, rpm and the image start Grafana; they pass these as defaults, so that grafana.ini may say otherwise. */
const PACKAGED_PATHS: GrafanaPaths = {
  home: '/usr/share/grafana',
  config: '/etc/grafana/grafana.ini',
  data: '/var/lib/grafana',
  logs: '/var/log/grafana',
  plugins: '/var/lib/grafana/plugins',
  provisioning: '/etc/grafana/provisioning',
}

/**
 * The paths of an install that says nothing else; what follows from `home` or `data` moves with them. A tarball's
 * process reads `custom.ini` of its home, and its data stays outside, where no release is swapped.
 */
export function defaultPaths(
  method: Install['method'],
  wished: {readonly home?: string | undefined; readonly data?: string | undefined} = {},
): GrafanaPaths {
  const data = wished.data ?? PACKAGED_PATHS.data
  const plugins = `${data}/plugins`
  if (method !== 'tarball') return {...PACKAGED_PATHS, home: wished.home ?? PACKAGED_PATHS.home, data, plugins}
  const home = wished.home ?? '/opt/grafana'
  const provisioning = `${data}/provisioning`
  return {home, config: `${home}/conf/custom.ini`, data, logs: `${data}/log`, plugins, provisioning}
}

/** Keys of `[paths]` that grafana.ini must say, because the process would not know them otherwise. */
export function pathsToSay(method: Install['method'], paths: Paths): readonly (keyof GrafanaPaths & string)[] {
  // What the image's environment says stands over grafana.ini.
  if (method === 'docker') return []
  const known: Partial<GrafanaPaths> = method === 'tarball' ? {} : PACKAGED_PATHS
  return (['data', 'logs', 'plugins', 'provisioning'] as const).filter(key => paths[key] !== known[key])
}
