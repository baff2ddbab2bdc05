import {isSecretKey} from '../../grafana/settings.ts'
import {Secret} from '../../model/secret.ts'
import {literal, type Settings, type SettingValue} from '../../model/settings.ts'
import type {Path} from '../problem.ts'
import type {GrafanaInput} from '../schema/cluster.ts'
import type {Build} from './build.ts'

type SettingsInput = NonNullable<GrafanaInput['settings']>
export type ValueInput = SettingsInput[string][string]

interface PlacedValue {
  readonly section: string
  readonly key: string
  readonly value: ValueInput
}

export function buildSettings(input: SettingsInput | undefined, path: Path, {secrets}: Build): Settings {
  const sections = Object.entries(input ?? {}).map(([section, keys]) => [
    // go-ini calls the part before the first header DEFAULT.
    section === 'DEFAULT' ? '' : section,
    Object.fromEntries(
      Object.entries(keys).map(([key, value]) => {
        const secret = secrets.get([...path, section, key].join('/'))
        return [key, secret ? {kind: 'secret', secret} : settingValue({section, key, value})]
      }),
    ),
  ])
  return Object.fromEntries(sections)
}

export function settingValue({section, key, value}: PlacedValue): SettingValue {
  if (typeof value === 'object') return {kind: 'raw', text: value.raw}
  return isSecretKey(section, key) ? {kind: 'secret', secret: new Secret(String(value))} : literal(value)
}
