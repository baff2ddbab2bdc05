import {Chalk} from 'chalk'
import {formatVersion} from '../model/version.ts'
import {type BalancerFilePlan, isEmpty, type NodePlan, nodesOf, type Plan} from '../plan/plan.ts'

/** One file's change on a node or on a balancer's host, as the plan shows it. */
export interface ShownDifference {
  readonly node: string
  readonly path: string
  readonly lines: readonly string[]
  /** How many lines more there are. */
  readonly omitted?: number
  readonly note?: string
}

/** A plan with all that an operator wants to know before it is done. */
export interface ShownPlan {
  readonly plan: Plan
  readonly differences: readonly ShownDifference[]
  /** Flags without which the run will be refused. */
  readonly needs: readonly string[]
}

export interface PlanStyle {
  readonly colour: boolean
}

type Paint = InstanceType<typeof Chalk>

/** What will be done, node by node, in the order it will be done in. */
export function planText({plan, differences, needs}: ShownPlan, {colour}: PlanStyle): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  if (isEmpty(plan) && plan.pending.length === 0)
    return `${plan.cluster}: everything is as gha.yaml wishes; nothing to do.`
  const folded = foldTwins(differences)
  return [
    paint.bold(headline(plan)),
    ...outlook(plan, needs),
    ...(plan.skippedBalancers ?? []).flatMap(name => ['', skippedLine(name, paint)]),
    ...plan.balancerFiles.flatMap(file => ['', ...balancerFileLines(file, folded, paint)]),
    ...plan.waves.flatMap(wave => waveLines(wave, folded, paint)),
    ...(plan.unchecked?.length ? ['', paint.yellow(UNCHECKED)] : []),
    ...(plan.unchecked ?? []).map(text => `  ${text}`),
    ...(plan.pending.length > 0 ? ['', paint.yellow(PENDING[plan.verb])] : []),
    ...plan.pending.map(text => `  ${text}`),
  ].join('\n')
}

const UNCHECKED = 'Nobody can look at these before users get a node back; to confirm the plan is to go without:'

export function planDocument({plan, differences, needs}: ShownPlan): Record<string, unknown> {
  return {
    schemaVersion: 1,
    type: 'plan',
    verb: plan.verb,
    cluster: plan.cluster,
    from: plan.from && formatVersion(plan.from),
    to: formatVersion(plan.to),
    versionStep: plan.step,
    goingBack: GOING_BACK[plan.step.kind],
    waves: plan.waves.map(wave =>
      wave.map(({node, release, reasons, changes, steps}) => ({node, release: release.id, reasons, changes, steps})),
    ),
    balancerFiles: plan.balancerFiles.map(({balancer, path, change, foreign}) => ({balancer, path, change, foreign})),
    skippedBalancers: plan.skippedBalancers ?? [],
    pending: plan.pending,
    unchecked: plan.unchecked ?? [],
    needs,
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

/** What a version step means for whoever wants to be back where he was. */
const GOING_BACK: Readonly<Record<Plan['step']['kind'], string>> = {
  none: 'a node that fails goes back by itself; later, a rollout to the old version does it',
  additive: 'a node that fails goes back by itself; after the rollout only a restored backup does it',
  'single-writer': 'no node goes back by itself: forward, or a restored backup',
  unsupported: 'gha does not go this way',
}

const FOREIGN = {
  no: '',
  edited: ': edited since gha wrote it',
  unmanaged: ': not written by gha',
} as const

function headline(plan: Plan): string {
  const {verb, cluster, from, to, step, waves} = plan
  const nodes = nodesOf(plan).length
  const version =
    from && formatVersion(from) !== formatVersion(to)
      ? `${formatVersion(from)} → ${formatVersion(to)}`
      : formatVersion(to)
  const count = nodes === 1 ? '1 node' : `${nodes} nodes`
  return `${verb} ${cluster}: Grafana ${version}, ${count}${waves.length > 1 ? ` in ${waves.length} turns` : ''} (version step: ${step.kind}, ${step.reason})`
}

function outlook(plan: Plan, needs: readonly string[]): readonly string[] {
  return [
    ...(plan.waves.length > 0 ? [`going back: ${GOING_BACK[plan.step.kind]}`] : []),
    ...(needs.length > 0 ? [`needs: ${needs.join(' ')}`] : []),
  ]
}

/** The same change on the next node is not read again. */
function foldTwins(differences: readonly ShownDifference[]): readonly ShownDifference[] {
  const first = new Map<string, string>()
  return differences.map(difference => {
    const {node, path, lines, note} = difference
    const change = JSON.stringify([path, lines, note])
    const twin = first.get(change)
    if (twin === undefined || lines.length === 0) {
      first.set(change, node)
      return difference
    }
    return {node, path, lines: [], note: `as on ${twin}`}
  })
}

function skippedLine(name: string, paint: Paint): string {
  return `${paint.bold(name.padEnd(8))} ${paint.yellow('skipped: dead, by --skip-balancer; gha neither asks nor tells it')}`
}

function balancerFileLines(
  {balancer, path, change, foreign}: BalancerFilePlan,
  differences: readonly ShownDifference[],
  paint: Paint,
): readonly string[] {
  return [
    `${paint.bold(balancer.padEnd(8))} ${change} ${path}${FOREIGN[foreign ?? 'no']}`,
    ...differences
      .filter(({node, path: where}) => node === balancer && where === path)
      .flatMap(difference => differenceLines(difference, paint)),
  ]
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
    ...node.changes.flatMap(({path, foreign}) => (foreign ? [`${' '.repeat(8)} ${path}${FOREIGN[foreign]}`] : [])),
    ...differences
      .filter(difference => difference.node === node.node)
      .flatMap(difference => differenceLines(difference, paint)),
    `${' '.repeat(8)} ${paint.dim(node.steps.map(({kind}) => kind).join(' → '))}`,
  ]
}

function differenceLines({path, lines, omitted, note}: ShownDifference, paint: Paint): readonly string[] {
  const painted = lines.map(line =>
    line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : paint.dim(line),
  )
  const more = omitted ? [paint.dim(`… ${omitted} lines more: \`gha render\` shows the file whole`)] : []
  return [
    paint.dim(`         ${path}${note ? `: ${note}` : ''}`),
    ...[...painted, ...more].map(line => `           ${line}`),
  ]
}
