import {existsSync, readFileSync, statSync} from 'node:fs'
import {hostname} from 'node:os'
import path from 'node:path'
import {HEADERLESS, type Ini, readGrafanaIni} from './ini.ts'
import {redacted} from './redact.ts'

export interface SettingsSources {
  readonly homepath: string
  /** The file named by --config; without one `<homepath>/conf/custom.ini`, where it exists. */
  readonly config?: string | undefined
  /** The arguments that start with `cfg:`. */
  readonly properties?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True', 'YES', 'yes', 'Yes', 'y', 'ON', 'on', 'On'])
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False', 'NO', 'no', 'No', 'n', 'OFF', 'off', 'Off'])
const DEEPEST_INTERPOLATION = 99
const EXPRESSION = /\$(|__\w+)\{([^}]+)\}/g

/** The effective settings, layered as Grafana layers them: later sources win, then everything is expanded. */
export function loadSettings(sources: SettingsSources): Settings {
  const env = sources.env ?? process.env
  const ini = readFile(path.join(sources.homepath, 'conf', 'defaults.ini'))
  const properties = readProperties(sources.properties ?? [])
  override(ini, (section, key) => properties.get(`default.${section}.${key}`))
  merge(ini, userFile(sources))
  override(ini, (section, key) => env[envName(section, key)] || undefined)
  override(ini, (section, key) => properties.get(section === HEADERLESS ? key : `${section}.${key}`))
  expand(ini, env)
  return new Settings(ini, sources.homepath)
}

export function envName(section: string, key: string): string {
  return `GF_${section.replaceAll(/[.-]/g, '_')}_${key.replaceAll('.', '_')}`.toUpperCase()
}

export class Settings {
  readonly ini: Ini
  readonly homepath: string

  constructor(ini: Ini, homepath: string) {
    this.ini = ini
    this.homepath = homepath
  }

  /** The value as code reads it: inherited from parent sections, `%(name)s` filled in; empty when there is none. */
  text(section: string, key: string): string {
    const owner = ownerOf(this.ini, section, key)
    return owner === undefined ? '' : this.interpolated(owner, key)
  }

  or(section: string, key: string, fallback: string): string {
    return this.text(section, key) || fallback
  }

  on(section: string, key: string, fallback = false): boolean {
    const value = this.text(section, key)
    return TRUE.has(value) || (!FALSE.has(value) && fallback)
  }

  number(section: string, key: string, fallback: number): number {
    const value = this.text(section, key)
    return /^-?\d+$/.test(value) ? Number(value) : fallback
  }

  list(section: string, key: string): string[] {
    return this.text(section, key)
      .split(/[\s,]+/)
      .filter(item => item !== '')
  }

  /** A folder of [paths], absolute. */
  path(key: string): string {
    return path.resolve(this.homepath, this.text('paths', key))
  }

  /** What an administrator may read: uninterpolated, with secrets masked. */
  shown(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      [...this.ini].map(([section, keys]) => [
        section,
        Object.fromEntries([...keys].map(([key, value]) => [key, redacted(envName(section, key), value)])),
      ]),
    )
  }

  private interpolated(section: string, key: string): string {
    let value = this.ini.get(section)?.get(key) ?? ''
    for (let depth = 0; depth < DEEPEST_INTERPOLATION; depth++) {
      const [whole, name] = /%\(([^)]+)\)s/.exec(value) ?? []
      if (whole === undefined || name === undefined) break
      const owner = ownerOf(this.ini, section, name)
      const isItself = owner === section && name === key
      const found = this.ini.get(owner === undefined || isItself ? HEADERLESS : owner)?.get(name)
      if (found === undefined) break
      value = value.replaceAll(whole, () => found)
    }
    return value
  }
}

function readFile(file: string): Ini {
  try {
    return readGrafanaIni(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`failed to parse "${file}": ${error instanceof Error ? error.message : error}`)
  }
}

function userFile({homepath, config}: SettingsSources): Ini {
  if (config) return readFile(config)
  const custom = path.join(homepath, 'conf', 'custom.ini')
  return existsSync(custom) ? readFile(custom) : new Map()
}

function readProperties(words: readonly string[]): Map<string, string> {
  const properties = new Map<string, string>()
  for (const word of words) {
    const parts = word.replace(/^cfg:/, '').split('=')
    if (parts.length !== 2) throw new Error(`Invalid command line argument. argument=${word}`)
    properties.set(parts[0] ?? '', parts[1] ?? '')
  }
  return properties
}

function override(ini: Ini, find: (section: string, key: string) => string | undefined): void {
  for (const [section, keys] of ini) {
    for (const key of keys.keys()) {
      const value = find(section, key)
      if (value !== undefined) keys.set(key, value)
    }
  }
}

/** Empty values do not override; a key that only a parent section has is set there. */
function merge(ini: Ini, user: Ini): void {
  for (const [section, keys] of user) {
    for (const [key, value] of keys) {
      if (value === '') continue
      if (!ini.has(section)) ini.set(section, new Map())
      ini.get(ownerOf(ini, section, key) ?? section)?.set(key, value)
    }
  }
}

/** The section that has the key: this one, or its nearest parent with it. */
function ownerOf(ini: Ini, section: string, key: string): string | undefined {
  if (ini.get(section)?.has(key)) return section
  const dot = section.lastIndexOf('.')
  return dot === -1 ? undefined : ownerOf(ini, section.slice(0, dot), key)
}

function expand(ini: Ini, env: Readonly<Record<string, string | undefined>>): void {
  const passes = [
    {names: ['', '__env'], expand: (name: string) => env[name] || (name === 'HOSTNAME' ? hostname() : '')},
    {names: ['__file'], expand: readSecretFile},
  ]
  for (const pass of passes) {
    override(ini, (section, key) => {
      const value = ini.get(section)?.get(key) ?? ''
      let expanded = value
      for (const [whole, name = '', argument = ''] of value.matchAll(EXPRESSION))
        if (pass.names.includes(name)) expanded = expanded.replace(whole, () => pass.expand(argument))
      return expanded
    })
  }
}

function readSecretFile(file: string): string {
  statSync(file)
  return readFileSync(file, 'utf8').trim()
}
