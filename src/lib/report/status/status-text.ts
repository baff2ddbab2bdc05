import {Chalk, type ChalkInstance} from 'chalk'
import {LOCK_TTL_SECONDS} from '../../host/lease.ts'
import {describeDrain} from '../../model/drain-record.ts'
import {duration} from '../../model/duration.ts'
import type {ServerState} from '../../ports/balancer.ts'
import {columns} from '../columns.ts'
import {isFresh, lifeOfLock} from '../life-of-lock.ts'
import {timeOf} from '../moments.ts'
import {printable} from '../printable.ts'
import type {ClusterStatus, NodeStatus} from './cluster-status.ts'

const HEAD = ['NODE', 'BALANCER', 'VERSION', 'CONFIG', 'UP', 'DATABASE', 'MESH', 'NOTES']

/** One screen for people. */
export function statusText(status: ClusterStatus, {colour}: {readonly colour: boolean}): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  const rows = status.nodes.map(node => cells(node, status, paint))
  return [
    `${paint.bold(status.cluster)}  Grafana ${status.wishedVersion}  ${paint.dim(timeOf(status.at))}`,
    ...lockLine(status, paint),
    ...(status.balancerSilent ? [paint.yellow(`The balancer does not tell: ${printable(status.balancerSilent)}`)] : []),
    ...expiredLines(status, paint),
    '',
    ...columns([HEAD.map(word => paint.dim(word)), ...rows]),
  ].join('\n')
}

/** The same over what the terminal showed before, without flicker: each line clears its own rest. */
export function redrawn(text: string): string {
  return `\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[J`
}

function cells(node: NodeStatus, {wishedVersion}: ClusterStatus, paint: ChalkInstance): readonly string[] {
  const other = node.version !== undefined && node.version !== wishedVersion
  return [
    node.reached ? node.node : paint.red(node.node),
    balancerCell(node, paint),
    other ? paint.yellow(node.version ?? '') : (node.version ?? '-'),
    configCell(node, paint),
    node.upSeconds === undefined ? '-' : duration(node.upSeconds),
    node.databaseMilliseconds === undefined ? '-' : `${node.databaseMilliseconds.toFixed(1)} ms`,
    node.mesh === undefined ? '-' : `${node.mesh.members ?? '?'} (${node.mesh.position ?? '?'})`,
    paint.yellow(node.notes.map(printable).join('; ')),
  ]
}

const SERVING_LEAST: readonly ServerState[] = ['down', 'out', 'drain', 'in']

/** Every balancer host counts: where they differ, all are shown. */
function balancerCell({balancer}: NodeStatus, paint: ChalkInstance): string {
  if (balancer === undefined) return paint.yellow('?')
  if (balancer.length === 0) return '-'
  const states = SERVING_LEAST.filter(state => balancer.some(view => view.state === state))
  const text = states.join('/')
  return text === 'in' ? paint.green(text) : paint.yellow(text)
}

function configCell({config}: NodeStatus, paint: ChalkInstance): string {
  if (config === undefined) return paint.yellow('?')
  if (config.fingerprint === undefined) return '-'
  return config.state === 'as wished' ? config.fingerprint : paint.yellow(`${config.fingerprint} ${config.state}`)
}

/** Said before anything else: a node that was forgotten is missed when the next one fails. */
function expiredLines({nodes}: ClusterStatus, paint: ChalkInstance): readonly string[] {
  return nodes.flatMap(({node, drained}) =>
    drained?.expired
      ? [paint.red(printable(`${node} is ${describeDrain(drained)}. Bring it back: gha undrain ${node}`))]
      : [],
  )
}

function lockLine({lock}: ClusterStatus, paint: ChalkInstance): readonly string[] {
  if (!lock) return []
  const who = `${lock.owner}@${lock.hostname}`
  const ageSeconds = lock.renewedSecondsAgo
  const life = isFresh(ageSeconds) ? '' : `: it ${lifeOfLock({ageSeconds, stale: ageSeconds >= LOCK_TTL_SECONDS})}`
  const text = `Locked by ${who} for \`${lock.reason}\`, run ${lock.run}, renewed ${duration(ageSeconds)} ago${life}`
  return [paint.yellow(printable(text))]
}
