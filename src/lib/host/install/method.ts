import {GhaError} from '../../errors/gha-error.ts'
import {packageName} from '../../grafana/packages.ts'
import type {Cluster, PackageSource} from '../../model/cluster.ts'
import type {Node} from '../../model/node.ts'
import {formatVersion, packageVersion, type Version} from '../../model/version.ts'
import {aptInstall} from './apt.ts'
import {broughtByOthers} from './brought.ts'
import {type DnfSource, dnfInstall} from './dnf.ts'
import {dockerInstall, imageTag} from './docker.ts'
import {tarballInstall} from './tarball.ts'

/** How a Grafana version gets onto a node, as shell functions. */
export interface InstallMethod {
  /**
   * Defines `package_fetch VERSION` (puts it at hand without touching what runs), `package_at_hand VERSION`,
   * `package_current` (prints the installed version, or nothing), `package_install VERSION`, `package_keep` (nobody
   * but gha replaces what is installed), and `package_prune VERSION…` (forgets all that is at hand but these).
   */
  readonly functions: string
  /** The version as this method spells it. */
  readonly spell: (version: Version) => string
}

/** @throws GhaError `INSTALL_UNSUPPORTED` where something else would run than what is installed */
export function installMethod(cluster: Cluster, node: Node): InstallMethod {
  const {install, edition} = cluster.grafana
  if (node.service.manager === 'docker' && install.method !== 'docker' && install.method !== 'none')
    throw strangers(install.method, node)
  switch (install.method) {
    case 'apt':
      return {
        functions: aptInstall(packageName(edition), install.source.type === 'push' ? 'pushed' : 'repositories'),
        spell: packageVersion,
      }
    case 'dnf':
      return {
        functions: dnfInstall({
          packageName: packageName(edition),
          source: DNF_SOURCES[install.source.type],
          home: node.paths.home,
        }),
        spell: formatVersion,
      }
    case 'tarball':
      return {functions: tarballInstall(node.paths.home), spell: formatVersion}
    case 'none':
      return {functions: broughtByOthers(node.paths.home), spell: formatVersion}
    case 'docker':
      return {
        functions: dockerInstall({image: install.image, container: containerOf(node), paths: node.paths}),
        spell: imageTag,
      }
  }
}

function containerOf(node: Node): string {
  if (node.service.manager === 'docker') return node.service.container
  throw strangers('docker', node)
}

function strangers(method: string, {name, service}: Node): GhaError {
  return new GhaError(`${service.manager} does not run what ${method} installs`, {
    code: 'INSTALL_UNSUPPORTED',
    exit: 'unsupported',
    node: name,
    unchanged: 'Nothing was changed.',
    hint: 'Write `install: { method: docker }` and `service: { manager: docker }` together, or `install: { method: none }` where somebody else brings the image.',
  })
}

const DNF_SOURCES: Readonly<Record<PackageSource['type'], DnfSource>> = {
  'node-repo': 'repositories',
  url: 'own-repository',
  push: 'pushed',
}
