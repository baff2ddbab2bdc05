import type {Secret} from './secret.ts'

/** Section → key → value, as in grafana.ini. The header-less section is `''`. */
export type Settings = Readonly<Record<string, Readonly<Record<string, SettingValue>>>>

/**
 * `literal`: Grafana must read exactly this text. `raw`: Grafana's own expansion (`$__file{…}`, `${…}`) is meant.
 * `secret`: literal, and never shown.
 */
export type SettingValue =
  | {readonly kind: 'literal'; readonly text: string}
  | {readonly kind: 'raw'; readonly text: string}
  | {readonly kind: 'secret'; readonly secret: Secret}

export function literal(value: string | number | boolean): SettingValue {
  return {kind: 'literal', text: String(value)}
}

/** Later settings win key by key. */
export function mergeSettings(...layers: readonly Settings[]): Settings {
  const merged: Record<string, Record<string, SettingValue>> = {}
  for (const layer of layers) {
    for (const [section, keys] of Object.entries(layer)) merged[section] = {...merged[section], ...keys}
  }
  return merged
}
