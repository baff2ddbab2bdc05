import {packageName} from '../grafana/packages.ts'
import {formatVersion, sameVersion, type Version} from '../model/version.ts'
import {
  type About,
  type Check,
  eachNode,
  failed,
  type Judged,
  type Outcome,
  passed,
  skipped,
  undecided,
} from './check.ts'

export const packageVersionsAgree: Check = {
  id: 'package/versions-agree',
  title: 'all nodes have and run the same version',
  severity: 'error',
  hint: 'Bring all nodes to the version of gha.yaml with `gha rollout`.',
  judge: judged => eachNode(judged).map(about => ({node: about.node.name, ...judgeVersion(about)})),
}

function judgeVersion({cluster, seen, judged}: About): Outcome {
  if (!seen.package.known) return undecided(seen.package.reason)
  const {installed} = seen.package.value
  if (!installed) return skipped('not installed yet')
  if (!installed.version) return undecided(`${installed.name} ${installed.text} is no version of Grafana`)
  if (isOtherEdition(installed.name, cluster))
    return failed(`has ${installed.name}, not ${packageName(cluster.grafana.edition)}`)
  const running = seen.health.known ? seen.health.value.version : undefined
  const own = formatVersion(installed.version)
  if (running && !sameVersion(running, installed.version)) {
    return failed(`has ${own}, but still runs ${formatVersion(running)}`)
  }
  const others = otherVersions(installed.version, judged)
  return others.length > 0 ? failed(`has ${own}, others have ${others.join(' and ')}`) : passed(own)
}

function isOtherEdition(installed: string, cluster: About['cluster']): boolean {
  return /^grafana(-enterprise)?$/.test(installed) && installed !== packageName(cluster.grafana.edition)
}

function otherVersions(own: Version, judged: Judged): readonly string[] {
  const versions = eachNode(judged).flatMap(({seen}) =>
    seen.package.known ? (seen.package.value.installed?.version ?? []) : [],
  )
  return [...new Set(versions.filter(version => !sameVersion(version, own)).map(formatVersion))]
}
