import {Chalk} from 'chalk'
import {formatVersion} from '../model/version.ts'
import type {NodePlan, Plan} from '../plan/plan.ts'

/** One file's change on a node or on a balancer's host, as the plan shows it. */
export interface ShownDifference {
  readonly node: string
  readonly path: string
  readonly lines: readonly string[]
  readonly note?: string
}

export interface PlanStyle {
  readonly colour: boolean
}

/** What will be done, node by node, in the order it will be done in. */
export function planText(plan: Plan, differences: readonly ShownDifference[], {colour}: PlanStyle): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  const lines = [paint.bold(headline(plan))]
  for (const name of plan.skippedBalancers ?? []) {
    lines.push(
      '',
      `${paint.bold(name.padEnd(8))} ${paint.yellow('skipped: dead, by --skip-balancer; gha neither asks nor tells it')}`,
    )
  }
  for (const {balancer, path, change, foreign} of plan.balancerFiles) {
    const shown = differences.filter(({node, path: where}) => node === balancer && where === path)
    lines.push('', `${paint.bold(balancer.padEnd(8))} ${change} ${path}${FOREIGN[foreign ?? 'no']}`)
    lines.push(...shown.flatMap(difference => differenceLines(difference, paint)))
  }
  for (const wave of plan.waves) {
    for (const node of wave) lines.push('', ...nodeLines(node, differences, paint))
  }
  if (plan.pending.length > 0) {
    lines.push('', paint.yellow(PENDING[plan.verb]))
    lines.push(...plan.pending.map(text => `  ${text}`))
  }
  return lines.join('\n')
}

export function planDocument(plan: Plan, differences: readonly ShownDifference[]): Record<string, unknown> {
  return {
    schemaVersion: 1,
    type: 'plan',
    verb: plan.verb,
    cluster: plan.cluster,
    from: plan.from && formatVersion(plan.from),
    to: formatVersion(plan.to),
    versionStep: plan.step,
    waves: plan.waves.map(wave =>
      wave.map(({node, release, reasons, changes, steps}) => ({node, release: release.id, reasons, changes, steps})),
    ),
    balancerFiles: plan.balancerFiles.map(({balancer, path, change, foreign}) => ({balancer, path, change, foreign})),
    skippedBalancers: plan.skippedBalancers ?? [],
    pending: plan.pending,
    differences,
  }
}

const PENDING = {
  apply: 'These nodes serve and are not as wished; `gha rollout` changes them:',
  rollout: 'Left for a later rollout, by --limit:',
} as const

const FOREIGN = {
  no: '',
  edited: ': edited since gha wrote it',
  unmanaged: ': not written by gha',
} as const

function headline({verb, cluster, from, to, step, waves}: Plan): string {
  const nodes = waves.flat().length
  const version =
    from && formatVersion(from) !== formatVersion(to)
      ? `${formatVersion(from)} → ${formatVersion(to)}`
      : formatVersion(to)
  const count = nodes === 1 ? '1 node' : `${nodes} nodes`
  return `${verb} ${cluster}: Grafana ${version}, ${count}${waves.length > 1 ? ` in ${waves.length} turns` : ''} (version step: ${step.kind}, ${step.reason})`
}

function nodeLines(
  node: NodePlan,
  differences: readonly ShownDifference[],
  paint: InstanceType<typeof Chalk>,
): readonly string[] {
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

function differenceLines({path, lines, note}: ShownDifference, paint: InstanceType<typeof Chalk>): readonly string[] {
  const painted = lines.map(line =>
    line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : paint.dim(line),
  )
  return [paint.dim(`         ${path}${note ? `: ${note}` : ''}`), ...painted.map(line => `           ${line}`)]
}
