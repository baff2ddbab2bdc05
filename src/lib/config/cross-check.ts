import type {CrossCheck, CrossChecked, CrossInput} from './checks/cross-input.ts'
import {checkFeatures} from './checks/features.ts'
import {checkLoadBalancer} from './checks/load-balancer.ts'
import {checkLocalFiles} from './checks/local-files.ts'
import {checkNodes} from './checks/nodes.ts'
import {checkPlugins} from './checks/plugins.ts'
import {checkSecrets} from './checks/secrets.ts'
import {checkSettings} from './checks/settings.ts'

const CROSS_CHECKS: readonly CrossCheck[] = [
  checkNodes,
  checkSecrets,
  checkSettings,
  checkPlugins,
  checkFeatures,
  checkLoadBalancer,
  checkLocalFiles,
]

/** What the schema cannot say. Looks at the raw file, so that it speaks although other places are wrong. */
export async function crossCheck(input: CrossInput): Promise<CrossChecked> {
  const answers = await Promise.all(CROSS_CHECKS.map(check => check(input)))
  return {
    problems: answers.flatMap(answer => answer.problems ?? []),
    warnings: answers.flatMap(answer => answer.warnings ?? []),
  }
}
