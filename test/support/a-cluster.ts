import type {Cluster, Grafana} from '../../src/lib/model/cluster.ts'
import type {Node, SshTarget} from '../../src/lib/model/node.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import {versionOf} from '../../src/lib/model/version.ts'

export type ClusterWish = Partial<Omit<Cluster, 'grafana'>> & {readonly grafana?: Partial<Grafana>}

/** A valid cluster of three nodes where nothing is special; a test names only what matters to it. */
export function aCluster({grafana, ...wish}: ClusterWish = {}): Cluster {
  return {
    name: 'prod',
    file: '/work-on/gha.yaml',
    grafana: aGrafana(grafana),
    nodes: ['gf1', 'gf2', 'gf3'].map((name, index) => aNode({name, address: `10.0.0.1${index + 1}`})),
    database: {
      type: 'postgres',
      host: 'db.example.com',
      port: 5432,
      name: 'grafana',
      user: 'grafana',
      password: new Secret('db-password'),
      sslMode: 'require',
    },
    cache: {type: 'database'},
    live: {mode: 'off'},
    alerting: {mode: 'gossip', port: 9094},
    loadBalancer: {type: 'none'},
    rollout: {
      maxParallel: {unit: 'nodes', amount: 1},
      maxFailed: 0,
      minHealthySeconds: 45,
      healthyDeadlineSeconds: 180,
      autoRevert: true,
    },
    backup: {method: 'dump', directory: '/work-on/.gha/prod/backups'},
    hooks: {},
    ...wish,
  }
}

function aGrafana(wish: Partial<Grafana> = {}): Grafana {
  return {
    version: versionOf('12.1.0'),
    edition: 'oss',
    rootUrl: 'https://grafana.example.com/',
    secretKey: new Secret('test-secret-key'),
    secretsManagerKey: new Secret('test-secrets-manager-key'),
    admin: {user: 'admin', password: new Secret('admin-password')},
    install: {method: 'apt', source: {type: 'node-repo'}},
    settings: {},
    plugins: [],
    ...wish,
  }
}

/** A node installed from a deb; `address` is also where SSH goes unless `ssh` says otherwise. */
export function aNode(wish: Partial<Node> = {}): Node {
  const name = wish.name ?? 'gf1'
  const address = wish.address ?? '10.0.0.11'
  return {
    name,
    address,
    httpPort: 3000,
    balancerName: name,
    ssh: anSshTarget({host: address}),
    service: {manager: 'systemd', unit: 'grafana-server'},
    paths: {
      home: '/usr/share/grafana',
      config: '/etc/grafana/grafana.ini',
      data: '/var/lib/grafana',
      logs: '/var/log/grafana',
      plugins: '/var/lib/grafana/plugins',
      provisioning: '/etc/grafana/provisioning',
      state: `/var/lib/gha/prod/${name}`,
    },
    settings: {},
    ...wish,
  }
}

export function anSshTarget(wish: Partial<SshTarget> = {}): SshTarget {
  return {host: '10.0.0.11', jump: [], become: {method: 'none'}, transport: 'auto', ...wish}
}
