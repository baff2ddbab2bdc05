import type {InstalledPackage} from '../facts/package.ts'
import {packageName} from '../grafana/packages.ts'
import {formatVersion, sameVersion, type Version} from '../model/version.ts'
import {type About, eachNode, failed, type Judged, type Outcome, passed, skipped, undecided} from './check.ts'
import {perNode} from './per-node.ts'

export const packageVersionsAgree = perNode({
  id: 'package/versions-agree',
  title: 'all nodes have and run the same version',
  severity: 'error',
  hint: 'Bring all nodes to the version of gha.yaml with `gha rollout`.',
  fact: ({seen}) => seen.package,
  judge: ({installed}, about) => (installed ? judgeVersion(installed, about) : skipped('not installed yet')),
})

function judgeVersion(installed: InstalledPackage, {cluster, seen, judged}: About): Outcome {
  if (!installed.version) return undecided(`${installed.name} ${installed.text} is no version of Grafana`)
  if (isOtherEdition(installed.name, cluster)) {
    return failed(`has ${installed.name}, not ${packageName(cluster.grafana.edition)}`)
  }
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
