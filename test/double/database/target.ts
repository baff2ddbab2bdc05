import type {Settings} from '../settings.ts'

/** Where the database is, from [database]; `url` wins over the single keys. */
export interface DatabaseTarget {
  readonly type: string
  readonly host: string
  readonly port: string
  readonly name: string
  readonly user: string
  readonly password: string
  readonly sslMode: string
  readonly ca: string
  readonly clientCert: string
  readonly clientKey: string
  readonly serverName: string
  /** 0 is no limit. */
  readonly maxOpen: number
  readonly maxIdle: number
  readonly lifetimeSeconds: number
  readonly path: string
  readonly options: ReadonlyMap<string, string>
}

const DEFAULT_PORT: Readonly<Record<string, string>> = {postgres: '5432', mysql: '3306'}

export function databaseTarget(settings: Settings): DatabaseTarget {
  const text = (key: string) => settings.text('database', key)
  const place = text('url') === '' ? undefined : fromUrl(text('url'))
  const type = place?.type ?? text('type')
  return {
    type,
    ...splitHost(place?.host ?? text('host'), DEFAULT_PORT[type] ?? ''),
    name: place?.name ?? text('name'),
    user: place?.user ?? text('user'),
    password: place?.password ?? text('password'),
    sslMode: text('ssl_mode'),
    ca: text('ca_cert_path'),
    clientCert: text('client_cert_path'),
    clientKey: text('client_key_path'),
    serverName: text('server_cert_name'),
    maxOpen: settings.number('database', 'max_open_conn', 0),
    maxIdle: settings.number('database', 'max_idle_conn', 2),
    lifetimeSeconds: settings.number('database', 'conn_max_lifetime', 14_400),
    path: text('path') || 'grafana.db',
    options: place?.options ?? new Map(),
  }
}

function fromUrl(text: string) {
  const url = new URL(text)
  return {
    type: url.protocol.replace(/:$/, '').replace(/^postgresql$/, 'postgres'),
    host: url.host,
    name: url.pathname.split('/')[1] ?? '',
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    options: new Map(url.searchParams),
  }
}

/** `host`, `host:port`, `[::1]:port`, or the path of a socket. */
export function splitHost(text: string, port: string): {host: string; port: string} {
  if (text.startsWith('/')) return {host: text, port}
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text)
  if (bracketed) return {host: bracketed[1] ?? '', port: bracketed[2] ?? port}
  const [host = '', ownPort] = text.split(':')
  return {host, port: ownPort ?? port}
}
