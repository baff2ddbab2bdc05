import {formatEndpoint} from '../model/backing.ts'
import type {Cluster} from '../model/cluster.ts'
import type {LoadBalancer, OwnedFile} from '../model/load-balancer.ts'
import {fillTemplate, type TemplateRow} from './fill-template.ts'
import {publicFile, type RenderedFile} from './rendered-file.ts'
import {sealedFor} from './sealed-text.ts'
import {TEMPLATES} from './templates.ts'

/** The files gha writes on every balancer host, with every node in; none where the balancer is somebody else's. */
export function renderBalancer(cluster: Cluster): readonly RenderedFile[] {
  const {loadBalancer} = cluster
  switch (loadBalancer.type) {
    case 'none':
    case 'hook':
      return []
    case 'haproxy':
      return loadBalancer.file ? [haproxy(cluster, loadBalancer, loadBalancer.file)] : []
    case 'nginx':
      return [nginx(cluster, loadBalancer)]
  }
}

/** Where an owned HAProxy keeps who is in and who is out, beside its configuration. */
export function serverStateFile({path}: OwnedFile): string {
  return `${path}.server-state`
}

function haproxy(cluster: Cluster, balancer: LoadBalancer & {type: 'haproxy'}, file: OwnedFile): RenderedFile {
  const text = fillTemplate(TEMPLATES['haproxy/haproxy.cfg'], {
    // Debian's and Red Hat's packages bring the user; elsewhere HAProxy runs as whoever started it.
    packaged: file.path.startsWith('/etc/'),
    socket: balancer.socket,
    stateFile: serverStateFile(file),
    bind: file.bind,
    backend: balancer.backends[0],
    assetPath: assetPath(cluster),
    nodes: cluster.nodes.length,
    servers: servers(cluster),
  })
  return publicFile(file.path, sealedFor(cluster.name, text))
}

function nginx(cluster: Cluster, balancer: LoadBalancer & {type: 'nginx'}): RenderedFile {
  const text = fillTemplate(TEMPLATES['nginx/grafana.conf'], {
    upstream: balancer.upstream,
    variable: balancer.upstream.replaceAll(/\W/g, '_'),
    bind: balancer.file.bind,
    assetPath: assetPath(cluster),
    end: cluster.nodes.length + 1,
    servers: servers(cluster),
  })
  return publicFile(balancer.file.path, sealedFor(cluster.name, text))
}

function servers({nodes}: Cluster): readonly TemplateRow[] {
  return nodes.map(({balancerName, address, httpPort}, index) => ({
    name: balancerName,
    number: index + 1,
    next: index + 2,
    address: formatEndpoint({host: address, port: httpPort}),
  }))
}

/** Files with a hash in their name lie below it. */
function assetPath({grafana}: Cluster): string {
  return new URL('public/build/', grafana.rootUrl).pathname
}
