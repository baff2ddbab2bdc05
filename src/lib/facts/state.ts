import {type Drained, parseDrain} from '../model/drain-record.ts'
import {given} from '../model/given.ts'
import {known} from '../model/observation.ts'
import {sumsOf} from '../model/release.ts'
import {parseFiles, parsePlugins} from '../model/release-manifest.ts'
import {askBrought} from './brought.ts'
import {askedAt, type NodeFact, numberOf, type Records, textOf} from './node-fact.ts'

/** What gha itself keeps on the node, as text: whoever wrote it knows how to read it. */
export interface KeptState {
  /** 0 before the first run. */
  readonly generation: number
  /** Of the journals that it keeps, the one that is newest by name. */
  readonly lastRun?: string
  readonly release?: string
  /** The run that took the node out of the balancer and has not brought it back. */
  readonly out?: string
  /** An operator took it out of the balancer, and no run brings it back. */
  readonly drained?: Drained
  /** That it was let go to migrate the schema alone: see `MigrationMark`. */
  readonly migrating?: string
  /** When the dead man put the previous release back, if he did. */
  readonly reverted?: string
  /** Ids of the releases whose swap has begun and not ended. */
  readonly swapping?: string
  /** Paths of the files of its release, and of those whose swap was cut: what is not wished of them goes with the next swap. */
  readonly brought: readonly string[]
  /** Path → sha256 of what gha wrote there, or a plugin's digest: in those, and in the release before. */
  readonly written: ReadonlyMap<string, readonly string[]>
  readonly lock?: KeptText
  readonly armed?: Armed
}

/** The dead man: what happens, unless he is disarmed. */
export interface Armed {
  /** The id of the release that he puts back. */
  readonly wayBack: string
  /** His time does not count: Grafana may migrate. */
  readonly waits?: true
}

/** Stands in the place of his deadline while he waits. */
export const NEVER = 'never'

export interface KeptText {
  readonly text: string
  /** Since it was last written or renewed, by the node's clock. */
  readonly ageSeconds: number
}

export const state: NodeFact<KeptState> = {
  ask: ({node}) => `
${askBrought(node)}
kept() { [ -f "$state/$1" ] && record "state.$1" "$(head -c 65536 "$state/$1")"; }
renewed() { kept "$1" && record "state.$1.renewed" "$(stat -c %Y "$state/$1")"; }
line() {
  line=
  [ -f "$state/$1" ] || return
  IFS= read -r line <"$state/$1"
  record "state.$1" "$line"
}
line generation; line out; kept reverted; kept migrating; kept swapping; renewed lock; kept armed; renewed drained
whole() {
  [ -f "$1" ] || return
  printf 'state.manifest\\0'
  while IFS= read -r line; do printf '%s\\n' "$line"; done <"$1"
  printf '\\0'
}
line release; [ "$line" != found ] || whole "$state/releases/found/manifest"
line previous; whole "$state/releases/$line/manifest"
record state.brought "$(brought)"
last=
for last in "$state"/runs/*.jsonl; do :; done
[ ! -f "$last" ] || { last=\${last##*/}; record state.lastRun "\${last%.jsonl}"; }`,
  read: records =>
    known({
      generation: numberOf(records, 'state.generation') ?? 0,
      brought: [...new Set(parseFiles(textsOf(records, 'state.brought')).map(({path}) => path))],
      written: writtenFiles(textsOf(records, 'state.manifest', 'state.brought')),
      ...given({
        lastRun: textOf(records, 'state.lastRun'),
        release: textOf(records, 'state.release'),
        swapping: textOf(records, 'state.swapping'),
        out: textOf(records, 'state.out'),
        drained: drained(records),
        migrating: textOf(records, 'state.migrating'),
        reverted: textOf(records, 'state.reverted'),
        lock: keptText(records, 'lock'),
        armed: armedText(textOf(records, 'state.armed')),
      }),
    }),
}

/** Whole, however long. */
function textsOf(records: Records, ...keys: readonly string[]): string {
  return keys.flatMap(key => records.get(key) ?? []).join('\n')
}

function writtenFiles(manifests: string): ReadonlyMap<string, readonly string[]> {
  const written = new Map<string, readonly string[]>()
  const files = parseFiles(manifests)
  const plugins = parsePlugins(manifests).filter(({origin}) => origin === 'archive')
  for (const [path, sum] of sumsOf({files, plugins})) written.set(path, [...(written.get(path) ?? []), sum])
  return written
}

function drained(records: Records): Drained | undefined {
  const kept = keptText(records, 'drained')
  return kept && {...parseDrain(kept.text), ageSeconds: kept.ageSeconds}
}

/** Lines: the run, the release to put back, when in seconds since the boot, and which boot that is. */
function armedText(text: string | undefined): Armed | undefined {
  if (text === undefined) return undefined
  const [, wayBack = '', deadline] = text.split('\n')
  return {wayBack, ...(deadline === NEVER ? {waits: true} : {})}
}

function keptText(records: Records, name: string): KeptText | undefined {
  const text = textOf(records, `state.${name}`)
  if (text === undefined) return undefined
  const asked = Math.floor(askedAt(records))
  return {text, ageSeconds: asked - (numberOf(records, `state.${name}.renewed`) ?? asked)}
}
