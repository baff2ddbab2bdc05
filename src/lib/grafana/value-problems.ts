import type {Settings} from '../model/settings.ts'
import {carrierOf, interpolatedNames, isIniName} from './ini.ts'
import {isDefaultKey} from './key-names.ts'
import {type Entry, entriesOf} from './settings.ts'

export interface ValueProblem {
  readonly section: string
  readonly key: string
  /** Why Grafana would not read what is meant; never the value itself. */
  readonly reason: string
}

/** Everything in these settings that cannot reach Grafana unchanged, neither inline nor by a file. */
export function valueProblems(settings: Settings): readonly ValueProblem[] {
  return entriesOf(settings).flatMap(({section, key, value}) => {
    const reason = problemOf(settings, {section, key, value})
    return reason === undefined ? [] : [{section, key, reason}]
  })
}

function problemOf(settings: Settings, {section, key, value}: Entry): string | undefined {
  if (section !== '' && !isIniName(section)) return 'grafana.ini cannot hold a section of this name'
  if (!isIniName(key)) return 'grafana.ini cannot hold a key of this name'
  const text = value.kind === 'secret' ? value.secret.reveal() : value.text
  const carrier = carrierOf({kind: value.kind === 'raw' ? 'raw' : 'literal', text})
  if (carrier.by === 'nothing') return carrier.reason
  if (value.kind === 'raw') return carrier.by === 'file' ? 'no quoting of grafana.ini can hold it' : undefined
  const name = interpolatedNames(text).find(named => existsFor(settings, {section, key}, named))
  return name === undefined ? undefined : `Grafana replaces the %(…)s in it, because it names the existing key ${name}`
}

/** The parser looks in the value's own section, then in those it is a child of, then in the header-less one. */
function existsFor(settings: Settings, at: {readonly section: string; readonly key: string}, name: string): boolean {
  if (existsIn(settings, '', name)) return true
  for (let place = at.section; place !== ''; place = parentOf(place)) {
    const itself = place === at.section && name === at.key
    if (!itself && existsIn(settings, place, name)) return true
  }
  return false
}

function existsIn(settings: Settings, section: string, name: string): boolean {
  return settings[section]?.[name] !== undefined || isDefaultKey(section, name)
}

function parentOf(section: string): string {
  return section.slice(0, Math.max(0, section.lastIndexOf('.')))
}
