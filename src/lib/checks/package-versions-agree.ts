import type {InstalledPackage} from '../facts/package.ts'
import {isOtherEdition, packageName} from '../grafana/packages.ts'
import {formatVersion, sameVersion, type Version} from '../model/version.ts'
import {type About, eachNode, failed, type Judged, type Outcome, passed, skipped, undecided} from './check.ts'
import {perNode} from './per-node.ts'

/** A release does not know its edition, so no way back would bring the old one. */
export const OTHER_EDITION_REMEDY =
  'No rollout changes the edition. Set `grafana.edition` to what is installed, or change the package by hand, one drained node after the other.'

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
  if (isOtherEdition(installed.name, cluster.grafana)) {
    return failed(`has ${installed.name}, not ${packageName(cluster.grafana.edition)}`, {hint: OTHER_EDITION_REMEDY})
  }
  const running = seen.health.known ? seen.health.value.version : undefined
  const own = formatVersion(installed.version)
  if (running && !sameVersion(running, installed.version)) {
    return failed(`has ${own}, but still runs ${formatVersion(running)}`)
  }
  const others = otherVersions(installed.version, judged)
  return others.length > 0 ? failed(`has ${own}, others have ${others.join(' and ')}`) : passed(own)
}

function otherVersions(own: Version, judged: Judged): readonly string[] {
  const versions = eachNode(judged).flatMap(({seen}) =>
    seen.package.known ? (seen.package.value.installed?.version ?? []) : [],
  )
  return [...new Set(versions.filter(version => !sameVersion(version, own)).map(formatVersion))]
}
