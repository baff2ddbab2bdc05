import {Chalk, type ChalkInstance} from 'chalk'
import {type Finding, needsAttention} from '../checks/judge-all.ts'
import {type ExitName, exitCode} from '../errors/exit-codes.ts'
import {columns} from './columns.ts'
import {printable} from './printable.ts'

/** One table for people: what all nodes share is one row, what is wrong is a row of its own with the next step. */
export function findingsTable(findings: readonly Finding[], {colour}: {readonly colour: boolean}): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  const rows = grouped(withoutEchoes(findings))
  const lines = columns(rows.map(row => cells(row, paint)))
  return rows
    .flatMap((row, place) => [
      lines[place] ?? '',
      ...(isWrong(row) && !sameStep(row, rows[place + 1]) ? [`    ${paint.cyan('→')} ${row.hint}`] : []),
    ])
    .join('\n')
}

/** One line per finding for other programs' lines of text: status, check, node, detail. */
export function findingLines(findings: readonly Finding[]): string {
  return findings
    .map(({status, severity, check, node, detail}) =>
      [word(status, severity), check, node ?? '-', printable(detail)].join(' '),
    )
    .join('\n')
}

/** The next steps of all that must be put right, each once: talk beside the lines. */
export function findingSteps(findings: readonly Finding[]): readonly string[] {
  const steps = withoutEchoes(findings)
    .filter(needsAttention)
    .map(({check, hint}) => `${check}: ${hint}`)
  return [...new Set(steps)]
}

/** `84 passed, 1 failed, 2 warnings`. */
export function findingsSummary(findings: readonly Finding[]): string {
  const words = findings.map(({status, severity}) => word(status, severity))
  const counts = (['passed', 'failed', 'warning', 'unknown', 'skipped'] as const).flatMap(name => {
    const count = words.filter(each => each === name).length
    return count > 0 ? [`${count} ${name === 'warning' && count > 1 ? 'warnings' : name}`] : []
  })
  return counts.join(', ') || 'nothing was checked'
}

/** The same for machines. */
export function findingsDocument(findings: readonly Finding[], cluster: string): Record<string, unknown> {
  return {schemaVersion: 1, type: 'check', cluster, exit: exitCode(findingsExit(findings)), findings}
}

/** A cluster-wide check that could not look because a login failed does not hide that the login is what is wrong. */
export function findingsExit(findings: readonly Finding[]): ExitName {
  const attention = findings.filter(needsAttention)
  if (attention.length === 0) return 'ok'
  const causes = attention.filter(({status, node}) => status === 'failed' || node !== undefined)
  return causes.length > 0 && causes.every(({cause}) => cause === 'authentication') ? 'authentication' : 'preflight'
}

type Word = 'passed' | 'failed' | 'warning' | 'unknown' | 'skipped'

interface Row extends Finding {
  readonly nodes: readonly string[]
  /** How many nodes the check looked at; 0 where it is about the whole cluster. */
  readonly among: number
}

const MARKS: Readonly<Record<Word, string>> = {passed: '✓', failed: '✗', warning: '!', unknown: '?', skipped: '-'}

function word(status: Finding['status'], severity: Finding['severity']): Word {
  return status === 'failed' && severity === 'warning' ? 'warning' : status
}

/** One next step for several rows stands below the last of them. */
function sameStep(row: Row, next: Row | undefined): boolean {
  return next !== undefined && isWrong(next) && next.check === row.check && next.hint === row.hint
}

function isWrong({status}: Finding): boolean {
  return status === 'failed' || status === 'unknown'
}

/** An unreachable node is one thing that is wrong, not thirty. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const lost = new Map(
    findings
      .filter(({check, status}) => /^ssh\/(reachable|sudo)$/.test(check) && status === 'failed')
      .map(({node, detail}) => [node, detail]),
  )
  return findings.filter(
    ({status, node, detail}) => status !== 'unknown' || node === undefined || lost.get(node) !== detail,
  )
}

function grouped(findings: readonly Finding[]): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const finding of findings) {
    const {check, status, severity, detail, node} = finding
    const key = JSON.stringify(isWrong(finding) ? [check, status, severity, detail] : [check, status])
    const row = rows.get(key)
    const nodes = [...(row?.nodes ?? []), ...(node === undefined ? [] : [node])]
    const shared = row !== undefined && row.detail !== detail
    rows.set(key, {...(row ?? finding), detail: shared ? '' : detail, nodes, among: 0})
  }
  const among = (check: string) => findings.filter(each => each.check === check && each.node !== undefined).length
  return [...rows.values()].map(row => ({...row, among: among(row.check)}))
}

function cells(row: Row, paint: ChalkInstance): readonly string[] {
  const name = word(row.status, row.severity)
  const colours: Readonly<Record<Word, (text: string) => string>> = {
    passed: paint.green,
    failed: paint.red,
    warning: paint.yellow,
    unknown: paint.yellow,
    skipped: paint.dim,
  }
  const what = isWrong(row) || row.status === 'skipped' ? printable(row.detail) : row.title
  return [colours[name](MARKS[name]), row.check, nodesOf(row), row.status === 'skipped' ? paint.dim(what) : what]
}

function nodesOf({nodes, among}: Row): string {
  if (nodes.length === 0) return 'cluster'
  return nodes.length === among && among > 1 ? `all ${among}` : nodes.join(', ')
}
