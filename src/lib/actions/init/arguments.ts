import {parse} from 'yaml'
import {GhaError} from '../../errors/gha-error.ts'
import type {BalancerAnswer, DatabaseAnswer, NodeAnswer, SetArgument} from './wish.ts'

/** `gf1=10.0.0.11`; a host alone is its own name. */
export function parseNode(text: string): NodeAnswer {
  const [, name, host] = /^(?:([^=]+)=)?([^=\s]+)$/.exec(text) ?? []
  if (!host)
    throw wrong(
      `${JSON.stringify(text)} names no node`,
      'Write nodes as NAME=HOST: `gha init gf1=10.0.0.11 gf2=10.0.0.12`.',
    )
  return {name: name ?? nameOf(host), host}
}

/** `postgres://user@host:5432/name?sslmode=require`, without the password: a command line is seen by everybody. */
export function parseDatabase(text: string): DatabaseAnswer {
  const url = URL.parse(text)
  const type = TYPES[url?.protocol ?? '']
  if (!url || !type || !url.hostname) {
    throw wrong(
      '--database is no database URL',
      'Write it as in `--database postgres://grafana@db.example.com:5432/grafana`.',
    )
  }
  if (url.password) {
    throw wrong(
      'the password in --database would be seen by every user of this machine',
      'Leave it out of the URL, and give it by `--database-password-file FILE` or in GHA_DATABASE_PASSWORD.',
    )
  }
  const sslMode = url.searchParams.get('sslmode') ?? url.searchParams.get('ssl-mode')
  return {
    type,
    host: url.host,
    name: decodeURIComponent(url.pathname.slice(1)) || 'grafana',
    user: decodeURIComponent(url.username) || 'grafana',
    ...(sslMode === null ? {} : {sslMode}),
  }
}

const TYPES: Readonly<Record<string, DatabaseAnswer['type']>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
}

/** `haproxy=lb1,lb2`, `nginx=lb1` or `none`. */
export function parseBalancer(text: string): BalancerAnswer {
  if (text === 'none') return {type: 'none'}
  const [, type, list = ''] = /^(haproxy|nginx)=(.+)$/.exec(text) ?? []
  const hosts = list.split(',').filter(host => host !== '')
  if ((type !== 'haproxy' && type !== 'nginx') || hosts.length === 0) {
    throw wrong(
      '--balancer names no load balancer',
      'Write `--balancer haproxy=lb1,lb2`, `--balancer nginx=lb1` or `--balancer none`.',
    )
  }
  return {type, hosts}
}

/** `grafana.install.method=tarball`; the value is YAML, the path has slashes where a key holds dots. */
export function parseSet(text: string): SetArgument {
  const at = text.indexOf('=')
  const place = text.slice(0, at)
  const path = place.split(place.includes('/') ? '/' : '.')
  if (at < 1 || path.some(key => key === '')) {
    throw wrong(`--set ${text} names no place`, 'Write it as in `--set grafana.install.method=tarball`.')
  }
  return {path, value: yamlValue(text.slice(at + 1), place)}
}

function yamlValue(text: string, place: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    throw wrong(
      `the value of --set ${place} is no YAML`,
      'Write a plain word or JSON: `--set grafana.plugins=\'["a@1.0.0"]\'`.',
      cause,
    )
  }
}

/** `gf2.mgmt.example.com` → `gf2`; an address becomes a name by its dashes. */
function nameOf(host: string): string {
  const label = /^[\d.:[\]]+$/.test(host) ? host : (host.split('.')[0] ?? host)
  return label.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')
}

function wrong(message: string, hint: string, cause?: unknown): GhaError {
  return new GhaError(message, {code: 'USAGE', exit: 'usage', unchanged: 'Nothing was written.', hint, cause})
}
