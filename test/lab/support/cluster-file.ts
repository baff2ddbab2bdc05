import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {stringify} from 'yaml'
import type {LabState} from '../state.ts'

/** What a test may want otherwise than usual. */
export interface Wish {
  readonly version?: string
  readonly balancer?: BalancerWish
  /** apt where nothing is said. */
  readonly install?: Install
  /** Stands in every node's grafana.ini, so that two wishes differ. */
  readonly marker?: string
  /** Added to `grafana.settings`. */
  readonly settings?: Settings
  /** Node → added to its `settings`. */
  readonly nodeSettings?: Readonly<Record<string, Settings>>
  /** `id@version`, of the folder `plugins` beside gha.yaml. */
  readonly plugins?: readonly string[]
  /** A folder beside gha.yaml. */
  readonly provisioning?: string
  /** The image that nodes run, where they run containers. */
  readonly image?: string
  readonly ssh?: Readonly<Record<string, string>>
  readonly rollout?: Readonly<Record<string, string | boolean | Readonly<Record<string, string>>>>
}

/** With a configuration that is the operator's own, gha writes nothing there. */
type BalancerWish = 'haproxy' | 'nginx' | 'own haproxy'
type Install = {readonly method: 'apt' | 'dnf'; readonly source?: {readonly push: string}}
type Settings = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>

export type SecretName = 'key' | 'manager-key' | 'admin' | 'database'
export type Secrets = Readonly<Record<SecretName, string>>

export function secretsOf({postgres}: LabState): Secrets {
  return {
    key: 'lab-secret-key-4c1f0e9a77d24b63',
    'manager-key': 'lab-manager-key-a0d9b41e5c7f4e08',
    admin: 'lab-admin-password-7e21',
    database: postgres.password,
  }
}

/** Writes gha.yaml and its secrets as an operator of this lab would. */
export function writeCluster(folder: string, state: LabState, {wish = {}, secrets = secretsOf(state)}: Writing): void {
  const hidden = path.join(folder, 'secrets')
  mkdirSync(hidden, {recursive: true, mode: 0o700})
  for (const [name, secret] of Object.entries(secrets)) writeFileSync(path.join(hidden, name), secret, {mode: 0o600})
  writeFileSync(path.join(folder, 'gha.yaml'), stringify(document(state, wish)))
}

interface Writing {
  readonly wish?: Wish
  readonly secrets?: Secrets
}

const fromFile = (name: SecretName) => `\${file:./secrets/${name}}`

function document(state: LabState, wish: Wish) {
  const {operator, postgres} = state
  return {
    apiVersion: 'gha/v1',
    kind: 'Cluster',
    name: 'lab',
    grafana: {
      version: wish.version ?? '12.1.0',
      rootUrl: 'http://grafana.lab/',
      secretKey: fromFile('key'),
      secretsManagerKey: fromFile('manager-key'),
      admin: {user: 'admin', password: fromFile('admin')},
      ...(wish.image ? inDocker(wish.image) : {install: wish.install ?? {method: 'apt'}}),
      settings: {
        users: {allow_sign_up: false},
        ...(wish.marker && {log: {user_facing_default_error: wish.marker}}),
        ...wish.settings,
      },
      ...(wish.provisioning && {provisioning: wish.provisioning}),
      ...(wish.plugins && {plugins: wish.plugins, pluginSource: {push: './plugins'}}),
    },
    nodes: state.nodes.map(({name, address}) => ({
      name,
      host: address,
      ...(wish.nodeSettings?.[name] && {settings: wish.nodeSettings[name]}),
    })),
    ssh: {user: operator.user, identityFile: operator.identityFile, knownHosts: operator.knownHostsFile, ...wish.ssh},
    database: {
      type: 'postgres',
      host: `${postgres.host}:${postgres.port}`,
      name: postgres.database,
      user: postgres.user,
      password: fromFile('database'),
      sslMode: 'disable',
    },
    alerting: {mode: 'gossip'},
    loadBalancer: loadBalancer(state, wish.balancer ?? 'haproxy'),
    rollout: {minHealthyTime: '2s', healthyDeadline: '40s', probe: false, ...wish.rollout},
  }
}

const inDocker = (image: string) => ({install: {method: 'docker', image}, service: {manager: 'docker'}})

function loadBalancer({balancers}: LabState, wish: BalancerWish) {
  const type = wish === 'nginx' ? 'nginx' : 'haproxy'
  const {name, address} = balancers[type]
  const common = {type, hosts: [{name, host: address}], drainTimeout: '3s'}
  if (type === 'nginx') return {...common, file: {path: '/etc/nginx/conf.d/grafana.conf'}}
  const haproxy = {...common, backend: 'grafana', socket: balancers.haproxy.socket}
  return wish === 'haproxy' ? {...haproxy, file: {path: balancers.haproxy.config, bind: '*:80'}} : haproxy
}
