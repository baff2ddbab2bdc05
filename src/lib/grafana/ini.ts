import {GhaError} from '../errors/gha-error.ts'
import {trimAsGo} from './go-space.ts'

/** A value whose secrets were already revealed or replaced: see `SettingValue` for what the kinds mean. */
export interface IniValue {
  readonly kind: 'literal' | 'raw'
  readonly text: string
}

/** Section → key → value; the header-less section is `''`. */
export type IniSettings = Readonly<Record<string, Readonly<Record<string, IniValue>>>>

/**
 * How a text reaches Grafana unchanged. `inline`: as this text behind `key = `. `file`: only by `$__file{}`.
 * `nothing`: not at all.
 */
export type Carrier =
  | {readonly by: 'inline'; readonly encoded: string}
  | {readonly by: 'file'}
  | {readonly by: 'nothing'; readonly reason: string}

/**
 * The text of a grafana.ini from which Grafana reads exactly these values; the header-less section comes first.
 * @throws GhaError `INI_VALUE` when one cannot stand inline: `carrierOf` tells beforehand.
 */
export function encodeIni(settings: IniSettings): string {
  const {'': headerLess = {}, ...sections} = settings
  return [
    ...linesOf('', headerLess),
    ...Object.entries(sections).flatMap(([section, keys]) =>
      Object.keys(keys).length > 0 ? ['', `[${checkedName(section)}]`, ...linesOf(section, keys)] : [],
    ),
    '',
  ].join('\n')
}

/** How one value can be written, apart from what other keys make of `%(name)s` in it. */
export function carrierOf({kind, text}: IniValue): Carrier {
  if (text.includes('\0')) return {by: 'nothing', reason: 'it holds a NUL'}
  if (!text.isWellFormed()) return {by: 'nothing', reason: 'it is not valid Unicode'}
  if (kind === 'literal' && (text === '' || EXPANSION.test(text))) return byFile(text)
  const encoded = quoted(text)
  return encoded === undefined ? byFile(text) : {by: 'inline', encoded}
}

/** The names between `%(` and `)s`: Grafana replaces each one that names a key, wherever the value came from. */
export function interpolatedNames(text: string): readonly string[] {
  return [...text.matchAll(/%\(([^)]+)\)s/g)].map(match => match[1] ?? '')
}

/** Grafana's names for sections and keys; others could be read as something else. */
export function isIniName(name: string): boolean {
  return /^[\w.][\w. :/-]*$/.test(name) && name === name.trim()
}

/** Grafana expands `${NAME}` and `$__provider{…}` even inside quotes. */
const EXPANSION = /\$(?:__\w+)?\{/
const PLAIN = /^[\w@%+=:,./?&*!~|<>()[\]{}^$-](?:[\w@%+=:,./?&*!~|<>()[\]{}^$ -]*[\w@%+=:,./?&*!~|<>()[\]{}^$-])?$/

function quoted(text: string): string | undefined {
  if (text === '' || PLAIN.test(text)) return text
  if (!text.includes('`')) return `\`${text}\``
  if (!text.includes('"""') && !text.endsWith('"')) return `"""${text}"""`
  // On one line the literal ends at the last backtick, so those inside do no harm.
  return trimAsGo(text) !== text && !text.includes('\n') ? `\`${text}\`` : undefined
}

function byFile(text: string): Carrier {
  return trimAsGo(text) !== text
    ? {by: 'nothing', reason: 'it needs a file, and Grafana trims blanks at the ends of a file'}
    : {by: 'file'}
}

function linesOf(section: string, keys: Readonly<Record<string, IniValue>>): readonly string[] {
  return Object.entries(keys).map(([key, value]) => {
    const carrier = carrierOf(value)
    if (carrier.by === 'inline') return `${checkedName(key)} = ${carrier.encoded}`.trimEnd()
    throw new GhaError(`[${section}] ${key} cannot be written into grafana.ini`, {
      code: 'INI_VALUE',
      exit: 'usage',
      hint: 'Choose another value for it in gha.yaml.',
    })
  })
}

function checkedName(name: string): string {
  if (isIniName(name)) return name
  throw new GhaError(`${JSON.stringify(name)} is not a name that grafana.ini can hold`, {
    code: 'INI_NAME',
    exit: 'usage',
    hint: 'Correct the name below `settings` in gha.yaml.',
  })
}
