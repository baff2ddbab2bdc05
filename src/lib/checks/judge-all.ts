import type {Check, Judged, Severity, Verdict} from './check.ts'
import {CHECKS} from './registry.ts'

/** A verdict with the rule it comes from. */
export interface Finding {
  readonly check: string
  readonly node?: string
  readonly status: Verdict['status']
  readonly severity: Severity
  readonly title: string
  readonly detail: string
  readonly hint: string
  readonly cause?: Verdict['cause'] & string
}

/** Every check on everything that was seen, in the order of the registry. */
export function judgeAll(judged: Judged, checks: readonly Check[] = CHECKS): readonly Finding[] {
  return checks.flatMap(check => check.judge(judged).map(verdict => finding(check, verdict)))
}

/** True for what must not be so before anything is changed. */
export function needsAttention({severity, status}: Finding): boolean {
  return severity === 'error' && (status === 'failed' || status === 'unknown')
}

function finding({id, title, severity, hint}: Check, verdict: Verdict): Finding {
  return {check: id, title, severity, hint, ...verdict}
}
