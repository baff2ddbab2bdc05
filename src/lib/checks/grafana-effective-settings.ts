import type {EffectiveSettings} from '../facts/effective-settings.ts'
import {isListedAs, isMasked} from '../grafana/listed-setting.ts'
import type {Settings} from '../model/settings.ts'
import {type About, failed, passed} from './check.ts'
import {notRunning} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const grafanaEffectiveSettings = perNode({
  id: 'grafana/effective-settings',
  title: 'Grafana goes by the settings of gha.yaml',
  severity: 'error',
  hint: 'Look for what overrides them with `gha check --only config`, or bring them to the node with `gha rollout`.',
  unless: about => notRunning(about) ?? (about.cluster.grafana.admin ? undefined : 'gha.yaml names no server admin'),
  fact: ({seen}) => seen.settings,
  judge(effective, about) {
    const wished = comparable(about.wish.settings).filter(
      ({section, key}) => !isMasked(effective[section]?.[key] ?? ''),
    )
    const different = wished.filter(({section, key, text}) => !isSame(effective[section]?.[key], text))
    if (different.length === 0) return passed(`${wished.length} settings are as wished`)
    const pending = isPending(about)
    const words = different.map(({section, key, text}) => describe(effective, {section, key, text}))
    return failed(words.join(', '), pending ? {severity: 'warning'} : {})
  },
})

interface WishedSetting {
  readonly section: string
  readonly key: string
  readonly text: string
}

/** Plain literals: secrets come masked, and what Grafana expands comes expanded. */
function comparable(settings: Settings): readonly WishedSetting[] {
  return Object.entries(settings).flatMap(([section, keys]) =>
    Object.entries(keys).flatMap(([key, value]) =>
      value.kind === 'literal' && value.text !== '' && !MASKED.test(key) && !/%\(.*\)s/.test(value.text)
        ? [{section: section || 'DEFAULT', key, text: value.text}]
        : [],
    ),
  )
}

/** Keys whose values Grafana does not show as they are; others that it masks show by their stars. */
const MASKED =
  /password|secret|private_key|provider_config|client_key|_key$|token|dsn|connstr|connection|encryption|^url$/i

function isSame(effective: string | undefined, wished: string): boolean {
  return effective !== undefined && isListedAs(wished, effective)
}

function describe(effective: EffectiveSettings, {section, key, text}: WishedSetting): string {
  const seen = effective[section]?.[key]
  return `[${section}] ${key} is ${seen === undefined ? 'not there' : JSON.stringify(seen)}, not ${JSON.stringify(text)}`
}

/** The node's release was made of another gha.yaml: the difference is work to do, not an override. */
function isPending({seen: {state}, wish}: About): boolean {
  return state.known && wish.fingerprint !== '' && !state.value.release?.endsWith(wish.fingerprint)
}
