import type {Install} from '../model/cluster.ts'
import type {Paths} from '../model/node.ts'

export type GrafanaPaths = Omit<Paths, 'state'>

/** Where deb, rpm and the image start Grafana; they pass these as defaults, so that grafana.ini may say otherwise. */
export const PACKAGED_PATHS: GrafanaPaths = {
  home: '/usr/share/grafana',
  config: '/etc/grafana/grafana.ini',
  data: '/var/lib/grafana',
  logs: '/var/log/grafana',
  plugins: '/var/lib/grafana/plugins',
  provisioning: '/etc/grafana/provisioning',
}

/** The paths of an install that says nothing else. Tarballs read `custom.ini` of their home. */
export function defaultPaths(method: Install['method'], home?: string): GrafanaPaths {
  if (method !== 'tarball') return home === undefined ? PACKAGED_PATHS : {...PACKAGED_PATHS, home}
  const folder = home ?? '/opt/grafana'
  return {
    home: folder,
    config: `${folder}/conf/custom.ini`,
    data: `${folder}/data`,
    logs: `${folder}/data/log`,
    plugins: `${folder}/data/plugins`,
    provisioning: `${folder}/conf/provisioning`,
  }
}

/** Keys of `[paths]` that grafana.ini must say, because the process would not know them otherwise. */
export function pathsToSay(method: Install['method'], paths: Paths): readonly (keyof GrafanaPaths & string)[] {
  const known: Partial<GrafanaPaths> = method === 'tarball' ? {} : PACKAGED_PATHS
  return (['data', 'logs', 'plugins', 'provisioning'] as const).filter(key => paths[key] !== known[key])
}
