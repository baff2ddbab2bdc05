import type {DatabaseTarget} from './target.ts'

/** The connection string: pieces put together without any quoting, as Grafana does it. */
export function postgresDsn(target: DatabaseTarget): string {
  const pieces = [
    `user=${target.user || "''"}`,
    `password=${target.password || "''"}`,
    `host=${target.host}`,
    `port=${target.port}`,
    `dbname=${target.name || "''"}`,
    `sslmode=${target.sslMode || 'disable'}`,
    `sslcert=${target.clientCert || "''"}`,
    `sslkey=${target.clientKey || "''"}`,
    `sslrootcert=${target.ca || "''"}`,
    ...[...target.options].map(([key, value]) => `${key}=${value}`),
  ]
  return pieces.join(' ')
}

/** Reads a connection string as the driver does: blanks end a value unless quoted, a backslash escapes. */
export function readDsn(dsn: string): Map<string, string> {
  const words = new Map<string, string>()
  let rest = dsn.trimStart()
  while (rest !== '') {
    const [, key = '', after = ''] = /^([^=\s]*)\s*=\s*([\s\S]*)$/.exec(rest) ?? []
    if (key === '') throw new Error(`missing "=" after "${rest.split(/\s/)[0]}" in connection info string`)
    const {value, length} = after.startsWith("'") ? quotedValue(after) : plainValue(after)
    words.set(key, value)
    rest = after.slice(length).trimStart()
  }
  return words
}

function plainValue(text: string): {value: string; length: number} {
  let value = ''
  let at = 0
  for (; at < text.length && !/\s/.test(text.charAt(at)); at++) {
    if (text[at] === '\\') at++
    if (at >= text.length) throw new Error('missing character after backslash')
    value += text[at]
  }
  return {value, length: at}
}

function quotedValue(text: string): {value: string; length: number} {
  let value = ''
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "'") return {value, length: at + 1}
    if (text[at] === '\\') at++
    value += text[at] ?? ''
  }
  throw new Error('unterminated quoted string literal in connection string')
}

/** The name that the migration lock is made from: the first run of word characters after `dbname=`. */
export function nameInDsn(dsn: string): string {
  return /dbname=(\w+)/.exec(dsn)?.[1] ?? ''
}
