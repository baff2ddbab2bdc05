import {packageName} from '../grafana/packages.ts'
import {formatVersion, parseVersion, sameVersion} from '../model/version.ts'
import {type About, failed, passed, undecided} from './check.ts'
import {perNode} from './per-node.ts'

export const packageSource = perNode({
  id: 'package/source',
  title: 'the wished version can be installed',
  severity: 'error',
  hint: 'Set up the package repository on the node and run its `update`, or correct `grafana.version` in gha.yaml, then run `gha check --only package` again.',
  unless: broughtByGha,
  fact: ({seen}) => seen.package,
  judge({installed, available}, {cluster}) {
    const wished = cluster.grafana.version
    const text = `${packageName(cluster.grafana.edition)} ${formatVersion(wished)}`
    if (installed?.condition === 'broken')
      return failed(`${installed.name} ${installed.text} is installed, but not to its end`)
    if (installed?.version && sameVersion(installed.version, wished)) return passed(`${text} is installed`)
    if (available === undefined) return undecided('nothing on the node lists what could be installed')
    const versions = available.flatMap(name => parseVersion(name) ?? [])
    if (versions.some(version => sameVersion(version, wished))) return passed(`${text} is available`)
    return failed(`${text} is not among the ${available.length} versions that the node's package manager knows`)
  },
})

function broughtByGha({cluster}: About): string | undefined {
  const {install} = cluster.grafana
  switch (install.method) {
    case 'none':
      return 'gha does not install Grafana here'
    case 'docker':
      return 'the image is pulled when it is needed'
    case 'tarball':
      return 'gha brings the tarball'
    case 'apt':
    case 'dnf':
      return install.source.type === 'node-repo' ? undefined : 'gha brings the package or its repository'
  }
}
