import {parse} from 'yaml'

/** Where a secret comes from; `none` is plain text. */
export type Reference =
  | {readonly from: 'env'; readonly name: string}
  | {readonly from: 'file'; readonly path: string}
  | {readonly from: 'cmd'; readonly argv: readonly [string, ...string[]]}
  | {readonly from: 'none'}
  | {readonly from: 'malformed'; readonly text: string}

/** Reads `${env:NAME}`, `${file:./path}` and `${cmd:[program, argument]}`; a reference is a whole value or none. */
export function parseReference(text: string): Reference {
  if (!/\$\{(?:env|file|cmd):/.test(text)) return {from: 'none'}
  const match = /^\$\{(env|file|cmd):(.*)\}$/s.exec(text.trim())
  if (!match) return malformed('a secret reference must be the whole value')
  const [, from, inside = ''] = match
  const body = inside.trim()
  if (from === 'env') return environment(body)
  return from === 'file' ? file(body) : command(body)
}

/** Like one of ours, but none: `${vault:x}`, `${DB_PASSWORD}`. */
export function looksLikeReference(text: string): boolean {
  return /^\$\{[^{}]*\}$/.test(text.trim())
}

function environment(name: string): Reference {
  if (!/^[A-Za-z_]\w*$/.test(name)) return malformed('${env:…} needs the name of an environment variable')
  return {from: 'env', name}
}

function file(path: string): Reference {
  if (path === '' || path.startsWith('~')) return malformed('${file:…} needs a path (~ is not expanded)')
  return {from: 'file', path}
}

function command(text: string): Reference {
  const argv = words(text)
  const [program, ...rest] = argv ?? []
  if (!program) return malformed('${cmd:…} needs a list of words: ${cmd:[program, argument]}')
  return {from: 'cmd', argv: [program, ...rest]}
}

function words(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return
  try {
    const value: unknown = parse(text, {schema: 'failsafe'})
    return Array.isArray(value) && value.every(word => typeof word === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

function malformed(text: string): Reference {
  return {from: 'malformed', text}
}
