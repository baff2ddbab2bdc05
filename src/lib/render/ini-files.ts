import {GhaError} from '../errors/gha-error.ts'
import {carrierOf, encodeIni, type IniSettings, type IniValue} from '../grafana/ini.ts'
import {type Entry, entriesOf, isSecretKey} from '../grafana/settings.ts'
import {valueProblems} from '../grafana/value-problems.ts'
import type {Node} from '../model/node.ts'
import {Secret} from '../model/secret.ts'
import type {Settings, SettingValue} from '../model/settings.ts'
import {MANAGED, type RenderedFile} from './rendered-file.ts'
import {valueFilePath} from './value-file.ts'

const REDACTED = '[secret]'

/**
 * grafana.ini, and one more file for each value that it cannot carry inline.
 * @throws GhaError `INI_VALUE` naming every value that cannot reach Grafana at all.
 */
export function iniFiles(settings: Settings, node: Node): readonly RenderedFile[] {
  refuseImpossible(settings, node)
  const placed = entriesOf(settings).map(({section, key, value}) => place({section, key, value}, node))
  const shown = placed.map(entry => ({...entry, value: redact(entry)}))
  return [
    {
      path: node.paths.config,
      access: 'service',
      content: new Secret(iniText(placed)),
      redacted: iniText(shown),
      restart: true,
    },
    ...placed.flatMap(({file}) => file ?? []),
  ]
}

interface Placed {
  readonly section: string
  readonly key: string
  readonly value: IniValue
  readonly hidden: boolean
  readonly file?: RenderedFile
}

function place({section, key, value}: Entry, node: Node): Placed {
  const plain = revealed(value)
  const hidden = value.kind === 'secret' || (isSecretKey(section, key) && !isReference(plain))
  if (carrierOf(plain).by !== 'file') return {section, key, value: plain, hidden}
  const file = valueFile({section, key, value}, node)
  return {section, key, value: {kind: 'raw', text: `$__file{${file.path}}`}, hidden: false, file}
}

function valueFile({section, key, value}: Entry, node: Node): RenderedFile {
  const content = new Secret(revealed(value).text)
  const name = section === '' ? key : `${section}.${key}`
  return {
    path: valueFilePath(node, name),
    access: 'service',
    content,
    redacted: content.reveal() === '' ? '' : REDACTED,
    restart: true,
  }
}

function revealed(value: SettingValue): IniValue {
  return value.kind === 'secret' ? {kind: 'literal', text: value.secret.reveal()} : value
}

/** A raw value that only points at a secret shows nothing. */
function isReference({kind, text}: IniValue): boolean {
  return kind === 'raw' && /^\$(?:__\w+)?\{[^}]+\}$/.test(text)
}

function redact({value, hidden}: Placed): IniValue {
  return hidden ? {kind: 'raw', text: REDACTED} : value
}

function iniText(entries: readonly Pick<Placed, 'section' | 'key' | 'value'>[]): string {
  const sections: Record<string, Record<string, IniValue>> = {}
  for (const {section, key, value} of entries) sections[section] = {...sections[section], [key]: value}
  return `${MANAGED}\n${encodeIni(sections satisfies IniSettings)}`
}

function refuseImpossible(settings: Settings, node: Node): void {
  const problems = valueProblems(settings)
  if (problems.length === 0) return
  const words = problems.map(({section, key, reason}) => `[${section}] ${key}: ${reason}`)
  throw new GhaError(`Grafana cannot be given these values: ${words.join('; ')}`, {
    code: 'INI_VALUE',
    exit: 'usage',
    node: node.name,
    hint: 'Choose other values for them in gha.yaml.',
  })
}
