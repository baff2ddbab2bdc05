import type {ServiceState} from '../facts/service.ts'
import type {Settings} from '../model/settings.ts'
import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const configShadowed = perNode({
  id: 'config/shadowed',
  title: 'no environment variable overrides a wished setting',
  severity: 'error',
  hint: 'Remove the variable from where it is set and put its value into gha.yaml, then run `gha rollout`.',
  fact: ({seen}) => seen.service,
  judge(service, {wish}) {
    const shadows = shadowsOf(service, wish.settings)
    return shadows.length > 0 ? failed(shadows.join(', ')) : passed('none does')
  },
})

function shadowsOf({process, configured}: ServiceState, settings: Settings): readonly string[] {
  const wished = new Map(wishedNames(settings))
  const words = new Set(wished.values())
  const set = configured.filter(({name}) => wished.has(bare(name))).map(({name, from}) => `${name} in ${from}`)
  const configuredNames = new Set(configured.map(({name}) => name))
  const running = (process?.environment ?? []).filter(name => wished.has(bare(name)) && !configuredNames.has(name))
  const overridden = (process?.overrides ?? []).filter(name => words.has(name))
  return [
    ...set,
    ...running.map(name => `${name} of the running process`),
    ...overridden.map(name => `cfg:${name} of the running process`),
  ]
}

/** The container image also reads `GF_…__FILE`. */
function bare(name: string): string {
  return name.replace(/__FILE$/, '')
}

/** Grafana's own name of the variable for each wished key, with the key as `cfg:` spells it. */
function wishedNames(settings: Settings): readonly (readonly [string, string])[] {
  return Object.entries(settings).flatMap(([section, keys]) =>
    Object.keys(keys).map(key => {
      const place = `${section || 'DEFAULT'}_${key}`
      return [`GF_${place.toUpperCase().replaceAll(/[.-]/g, '_')}`, section ? `${section}.${key}` : key] as const
    }),
  )
}
