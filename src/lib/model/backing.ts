import type {Secret} from './secret.ts'

/** A host name or IP address (no brackets) and a TCP port. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** `host:port`, IPv6 in brackets. */
export function formatEndpoint({host, port}: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Grafana's `[database]`. `sslMode` is Grafana's word: PostgreSQL disable|require|verify-ca|verify-full, MySQL true|false|skip-verify. */
export interface Database extends Endpoint {
  readonly type: 'postgres' | 'mysql'
  readonly name: string
  readonly user: string
  readonly password: Secret
  readonly sslMode: string
  /** Absolute paths on this machine; gha puts the files on the nodes. */
  readonly ca?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly serverCertificateName?: string
  readonly maxOpenConnections?: number
}

/** Grafana's `[remote_cache]`. */
export type Cache =
  | {readonly type: 'database'}
  | (RedisEndpoint & {readonly type: 'redis'; readonly prefix?: string})
  | (Endpoint & {readonly type: 'memcached'; readonly prefix?: string})

export interface RedisEndpoint extends Endpoint {
  readonly database: number
  readonly username?: string
  readonly password?: Secret
  /** `insecure`: TLS without verification, where the operator said so. */
  readonly tls: 'off' | 'on' | 'insecure'
}

/** Grafana's `[unified_alerting]` mesh. */
export type Alerting =
  | {readonly mode: 'gossip'; readonly port: number; readonly label?: string}
  | (RedisEndpoint & {readonly mode: 'redis'; readonly prefix?: string})
  | {readonly mode: 'single'}

/** Grafana's `[live] ha_engine`; off unless asked for. */
export type Live =
  | {readonly mode: 'off'}
  | (Endpoint & {readonly mode: 'redis'; readonly password?: Secret; readonly prefix?: string})
