import {Chalk} from 'chalk'
import {foreignWords} from '../facts/foreign-file.ts'
import type {Observation} from '../model/observation.ts'
import {formatVersion} from '../model/version.ts'
import type {ExpectedTime} from '../plan/expected-time.ts'
import {
  type BalancerFilePlan,
  isEmpty,
  type MaintenanceWindow,
  type NodePlan,
  nodesOf,
  type Plan,
} from '../plan/plan.ts'
import type {TableSize} from '../ports/database.ts'
import {differenceLines, foldTwins, type Paint, type ShownDifference} from './difference.ts'
import {goingBack} from './going-back.ts'
import {hookLines, type ShownHook} from './hooks.ts'
import {versionsText} from './versions-text.ts'

/** A plan with all that an operator wants to know before it is done. */
export interface ShownPlan {
  readonly plan: Plan
  readonly differences: readonly ShownDifference[]
  /** Flags without which the run will be refused. */
  readonly needs: readonly string[]
  /** What to know of the database before its schema changes. */
  readonly cautions?: readonly string[]
  /** Who watches what users get; undefined where no serving node is touched. */
  readonly watch?: string
  /** Unset where no past run tells it. */
  readonly expected?: ExpectedTime
  /** Tables that the version step may lock; unset where it leaves the schema alone. */
  readonly tables?: Observation<ShownTables>
  readonly hooks?: readonly ShownHook[]
  /** How long it waits to be confirmed, where it is undone otherwise. */
  readonly triesSeconds?: number
}

export interface ShownTables {
  readonly choice: 'named' | 'largest'
  readonly tables: readonly TableSize[]
}

export interface PlanStyle {
  readonly colour: boolean
}

/** What will be done, node by node, in the order it will be done in. */
export function planText(shown: ShownPlan, {colour}: PlanStyle): string {
  const {plan, differences} = shown
  const paint = new Chalk({level: colour ? 1 : 0})
  if (isEmpty(plan) && plan.pending.length === 0)
    return `${plan.cluster}: everything is as gha.yaml wishes; nothing to do.`
  const folded = foldTwins(differences)
  return [
    paint.bold(headline(plan)),
    ...outlook(shown),
    ...(shown.watch ? [`  ${shown.watch}`] : []),
    ...(plan.skippedBalancers ?? []).flatMap(name => ['', skippedLine(name, paint)]),
    ...plan.balancerFiles.flatMap(file => ['', ...balancerFileLines(file, folded, paint)]),
    ...windowLines(plan, paint),
    ...plan.waves.flatMap(wave => waveLines(wave, folded, paint)),
    ...(shown.hooks?.length ? ['', 'hooks, on this machine:'] : []),
    ...hookLines(shown.hooks),
    ...(plan.unchecked?.length ? ['', paint.yellow(UNCHECKED)] : []),
    ...(plan.unchecked ?? []).map(text => `  ${text}`),
    ...(plan.pending.length > 0 ? ['', paint.yellow(PENDING[plan.verb])] : []),
    ...plan.pending.map(text => `  ${text}`),
  ].join('\n')
}

const UNCHECKED = 'Nobody can look at these before users get a node back; to confirm the plan is to go without:'

export function planDocument({
  plan,
  differences,
  needs,
  cautions = [],
  expected,
  tables,
  watch,
  triesSeconds,
  hooks = [],
}: ShownPlan): Record<string, unknown> {
  return {
    schemaVersion: 1,
    type: 'plan',
    verb: plan.verb,
    cluster: plan.cluster,
    from: plan.from && formatVersion(plan.from),
    to: formatVersion(plan.to),
    versionStep: plan.step,
    backup: plan.backup,
    goingBack: goingBack(plan),
    ...(plan.window ? {window: windowDocument(plan.window)} : {}),
    waves: plan.waves.map(wave =>
      wave.map(({node, release, reasons, changes, steps}) => ({node, release: release.id, reasons, changes, steps})),
    ),
    balancerFiles: plan.balancerFiles.map(({balancer, path, change, foreign, owner}) => ({
      balancer,
      path,
      change,
      foreign,
      owner,
    })),
    skippedBalancers: plan.skippedBalancers ?? [],
    pending: plan.pending,
    unchecked: plan.unchecked ?? [],
    needs,
    cautions,
    expected,
    tables,
    watch,
    triesSeconds,
    hooks,
    differences,
  }
}

/** Whether there is anything to do, now or by a later rollout. */
export function hasWork({plan}: ShownPlan): boolean {
  return !isEmpty(plan) || plan.pending.length > 0
}

const PENDING = {
  apply: 'These nodes serve and are not as wished; `gha rollout` changes them:',
  rollout: 'Left for a later rollout, by --limit:',
} as const

function headline(plan: Plan): string {
  const {verb, cluster, from, to, step, waves} = plan
  const nodes = nodesOf(plan).length
  const version = versionsText(from && formatVersion(from), formatVersion(to))
  const count = nodes === 1 ? '1 node' : `${nodes} nodes`
  return `${verb} ${cluster}: Grafana ${version}, ${count}${waves.length > 1 ? ` in ${waves.length} turns` : ''} (version step: ${step.kind}, ${step.reason})`
}

function outlook({plan, needs, cautions = [], expected, tables, triesSeconds}: ShownPlan): readonly string[] {
  const migrates = plan.step.kind !== 'none'
  return [
    ...(plan.waves.length > 0 ? [`going back: ${goingBack(plan)}`] : []),
    ...(plan.backup ? [`backup: ${backupWords(plan.backup)}`] : []),
    ...(tables ? [`it may lock: ${tablesText(tables)}`] : []),
    ...(expected ? [`expected: ${expectedText(expected)}${onTop(expected, migrates)}`] : []),
    ...(triesSeconds === undefined ? [] : [`on trial: undone unless confirmed within ${triesSeconds} s`]),
    ...(needs.length > 0 ? [`needs: ${needs.join(' ')}`] : []),
    ...cautions.map(text => `mind: ${text}`),
  ]
}

function tablesText(tables: Observation<ShownTables>): string {
  if (!tables.known) return `unknown tables: ${tables.reason}`
  const {choice, tables: sizes} = tables.value
  const list = sizes.map(({name, bytes}) => `${name} ${sizeText(bytes)}`).join(', ')
  return choice === 'named' ? list : `which tables is not known; the largest are ${list || 'none'}`
}

const LARGE_UNITS = [
  [1e9, 'GB'],
  [1e6, 'MB'],
] as const

function sizeText(bytes: number): string {
  const [divisor, unit] = LARGE_UNITS.find(([size]) => bytes >= size) ?? [1e3, 'kB']
  return `${(bytes / divisor).toFixed(bytes / divisor < 10 ? 1 : 0)} ${unit}`
}

function expectedText({seconds, runs}: ExpectedTime): string {
  const time = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
  return `about ${time}, by ${runs === 1 ? 'the last run' : `the last ${runs} runs`}`
}

const RARE = {backup: 'the copy of the database', stops: 'the stop of the other nodes'} as const

function onTop({without = []}: ExpectedTime, migrates: boolean): string {
  const words = [...without.map(what => RARE[what]), ...(migrates ? ['the migration'] : [])]
  const last = words.pop()
  return last === undefined ? '' : `, and ${words.length > 0 ? `${words.join(', ')} and ` : ''}${last} on top`
}

function backupWords(backup: NonNullable<Plan['backup']>): string {
  switch (backup.method) {
    case 'dump':
      return `a dump of the database into ${backup.directory}, read back before the first node`
    case 'command':
      return `by \`${backup.words.join(' ')}\`, before the first node`
    case 'skip':
      return 'none, by --skip-backup: there is no way back over this step'
  }
}

function skippedLine(name: string, paint: Paint): string {
  return `${paint.bold(name.padEnd(8))} ${paint.yellow('skipped: dead, by --skip-balancer; gha neither asks nor tells it')}`
}

function balancerFileLines(
  {balancer, path, change, foreign, owner}: BalancerFilePlan,
  differences: readonly ShownDifference[],
  paint: Paint,
): readonly string[] {
  return [
    `${paint.bold(balancer.padEnd(8))} ${change} ${path}${foreign ? `: ${foreignWords(foreign, owner)}` : ''}`,
    ...differences
      .filter(({node, path: where}) => node === balancer && where === path)
      .flatMap(difference => differenceLines(difference, paint)),
  ]
}

/** What users will see, before they see it. */
function windowLines({window, to}: Plan, paint: Paint): readonly string[] {
  if (!window) return []
  const stops = window.stops.map(({node}) => node).join(', ')
  if (window.writer === undefined) {
    const meanwhile = 'only nodes that are past the migration serve, until the others have started on the new version.'
    return ['', paint.yellow(`Maintenance window: ${meanwhile}`), `  first   ${stops} leave the balancer and stop`]
  }
  return [
    '',
    paint.yellow('Maintenance window: nobody serves, and no alert rule is evaluated, until one node has migrated.'),
    ...(stops ? [`  first   ${stops} leave the balancer and stop`] : []),
    `  then    ${window.writer} leaves it last, migrates alone and serves again`,
    `  length  unknown: the migration of this database to ${formatVersion(to)} was never measured`,
  ]
}

function windowDocument({writer, stops}: MaintenanceWindow) {
  return {...(writer ? {writer} : {}), stops: stops.map(({node}) => node)}
}

function waveLines(
  wave: readonly NodePlan[],
  differences: readonly ShownDifference[],
  paint: Paint,
): readonly string[] {
  const together = wave.length > 1 ? ['', paint.dim(`together: ${wave.map(({node}) => node).join(', ')}`)] : []
  return [...together, ...wave.flatMap(node => ['', ...nodeLines(node, differences, paint)])]
}

function nodeLines(node: NodePlan, differences: readonly ShownDifference[], paint: Paint): readonly string[] {
  const [first, ...rest] = node.reasons
  const name = paint.bold(node.node.padEnd(8))
  return [
    `${name} ${first ?? ''}`,
    ...rest.map(reason => `${' '.repeat(8)} ${reason}`),
    ...node.changes.flatMap(({path, foreign}) =>
      foreign ? [`${' '.repeat(8)} ${path}: ${foreignWords(foreign)}`] : [],
    ),
    ...differences
      .filter(difference => difference.node === node.node)
      .flatMap(difference => differenceLines(difference, paint)),
    `${' '.repeat(8)} ${paint.dim(node.steps.map(({kind}) => kind).join(' → '))}`,
  ]
}
