import type {Install} from '../../model/cluster.ts'
import type {Paths} from '../../model/node.ts'

type Wished = {readonly home?: string | undefined; readonly data?: string | undefined}

/** Where each way of installing puts things; what follows from `home` or `data` moves with them. */
export function defaultPaths(method: Install['method'], wished: Wished): Omit<Paths, 'state'> {
  const data = wished.data ?? '/var/lib/grafana'
  if (method === 'tarball') {
    const home = wished.home ?? '/opt/grafana'
    return {
      home,
      config: `${home}/conf/custom.ini`,
      data,
      logs: `${data}/log`,
      plugins: `${data}/plugins`,
      provisioning: `${data}/provisioning`,
    }
  }
  return {
    home: wished.home ?? '/usr/share/grafana',
    config: '/etc/grafana/grafana.ini',
    data,
    logs: '/var/log/grafana',
    plugins: `${data}/plugins`,
    provisioning: '/etc/grafana/provisioning',
  }
}
