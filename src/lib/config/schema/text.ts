import * as z from 'zod'

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`
const IPV6 = '[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?:\\.\\d{1,3}){3})?(?:%[\\w.-]+)?'
const HOST_NAME = '(?!\\d+(?:\\.\\d+)*$)[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?'
const PORT = '(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d{2}|6[0-4]\\d{3}|[1-5]\\d{4}|[1-9]\\d{0,3})'
const NAME_BEFORE_PORT = HOST_NAME.replace('$)', '(?::|$))')
const USER = '[A-Za-z_][\\w.@\\\\-]*'

/** A name that is safe in paths, unit names and balancer files. */
export const name = matching(
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  'must be letters, digits, dots, dashes or underscores (63 at most, a letter or digit at both ends)',
)

export const hostName = matching(
  new RegExp(`^(?:${IPV4}|${IPV6}|\\[${IPV6}\\]|${HOST_NAME})$`),
  'must be a host name or an IP address, without a port',
)

/** `host:port`; the port may be left out where there is a usual one. */
export const endpoint = matching(
  new RegExp(`^(?:${IPV4}|\\[${IPV6}\\]|${NAME_BEFORE_PORT})(?::${PORT})?$`),
  'must be host or host:port, with an IPv6 address in brackets',
)

/** `host`, `user@host` or `user@host:port`. */
export const jumpHost = matching(
  new RegExp(`^(?:${USER}@)?(?:${IPV4}|\\[${IPV6}\\]|${NAME_BEFORE_PORT})(?::${PORT})?$`),
  'must be host, user@host or user@host:port, with an IPv6 address in brackets',
)

export const port = z.int().min(1).max(65_535)

/** A command as words; there is no shell. */
export const words = z
  .array(matching(/^[^\0]+$/, 'must be one word of a command'), {
    error: 'must be a list of words, such as [systemctl, stop, grafana]',
  })
  .min(1)

export const duration = matching(
  /^(?=\d)(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?$/,
  'must be a duration with its unit, such as 45s, 3m or 1h30m',
)

/** Where none at all would make no sense. */
export const someTime = matching(
  /^(?=.*[1-9])(?=\d)(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?$/,
  'must be a duration of at least 1s with its unit, such as 45s, 3m or 1h30m',
)

/** A file or folder of this machine; relative paths start at gha.yaml. */
export const localPath = matching(/^[^~\0\r\n][^\0\r\n]*$/, 'must be a path (~ is not expanded)')

/** A folder that gha fills and clears: never the root of everything. */
export const ownFolder = matching(
  /^(?!\/[./]*$)[^~\0\r\n][^\0\r\n]*$/,
  'must be the path of a folder of its own, such as ./backups (~ is not expanded)',
)

export const publicUrl = matching(
  /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/,
  'must be the public http(s) URL of Grafana, such as https://grafana.example.com/',
)

/** A path on a node; `{node}` stands for the node's name. */
export const remotePath = matching(/^\/[^\0\r\n]*$/, 'must be an absolute path on the node')

/** Of gha's own folder on a node: units of systemd are named by it and have it in their lines. `{node}` stands for the node's name. */
export const statePath = matching(
  /^(?:\/(?:[\w.-]|\{node\})+)+\/?$/,
  'must be an absolute path of letters, digits, dots, dashes and underscores: it names units of systemd too',
)

/** `{node}` stands for the node's name. */
export const unit = matching(
  /^(?!-)(?:[\w:.@\\-]|\{node\})+$/,
  "must be the name of a systemd unit, such as grafana-server; {node} stands for the node's name",
)

export const line = z.string().regex(/^[^\0\r\n]+$/, {error: 'must be one line of text'})

/** Clear text is accepted with a warning. */
export const secret = z.string().min(1).describe('A secret: ${env:NAME}, ${file:./path} or ${cmd:[program, argument]}')

export function matching(pattern: RegExp, error: string | ((issue: {readonly input?: unknown}) => string)) {
  return z.string({error}).regex(pattern, {error})
}
