import {packageName} from '../grafana/packages.ts'
import type {Cluster} from '../model/cluster.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import {quote} from '../model/script.ts'
import {formatVersion, packageVersion, parseRpmVersion, parseVersion, type Version} from '../model/version.ts'
import {type Asked, linesOf, type NodeFact, type Records, textOf} from './node-fact.ts'

export interface Package {
  /** Set where somebody else brings it, and where it lies need not be seen. */
  readonly byOthers?: true
  /** Undefined where no Grafana is installed. */
  readonly installed?: InstalledPackage
  /** What the package manager could install; undefined where nobody asked or nothing keeps such a list. */
  readonly available?: readonly string[]
  /** Whether a package upgrade restarts Grafana by itself. */
  readonly restartOnUpgrade: boolean
}

export interface InstalledPackage {
  /** `grafana`, `grafana-enterprise`, or the path or image it comes from. */
  readonly name: string
  /** As the package manager spells it. */
  readonly text: string
  readonly version?: Version
  /** `broken`: unpacked, but not configured to its end. */
  readonly condition: 'whole' | 'broken'
}

/** What is installed, asked the way it was installed; and whether the wished version could be, where it is not yet. */
export const packages: NodeFact<Package> = {
  ask: asked => `${askInstalled(asked)}
for file in /etc/default/grafana-server /etc/sysconfig/grafana-server; do
  [ -r "$file" ] && while read -r line || [ -n "$line" ]; do
    case $line in RESTART_ON_UPGRADE=*) record package.restart "\${line#*=}" ;; esac
  done <"$file"
done`,
  read: readPackage,
}

function askInstalled(asked: Asked): string {
  const {install} = asked.cluster.grafana
  switch (install.method) {
    case 'apt':
      return askApt(wishOf(asked.cluster))
    case 'dnf':
      return askDnf(asked)
    case 'docker':
      return askDocker(asked)
    case 'tarball':
      return askHome(asked.node.paths.home, 'gha')
    case 'none':
      return askHome(asked.node.paths.home, 'others')
  }
}

interface Wish {
  readonly name: string
  readonly version: string
}

function wishOf(cluster: Cluster): Wish {
  return {name: packageName(cluster.grafana.edition), version: packageVersion(cluster.grafana.version)}
}

/** The list of available versions costs more than everything else: it is only read where the wish is not installed. */
function askApt({name, version}: Wish): string {
  return `
has dpkg-query && record package.asked dpkg
installed=$(dpkg-query -W -f='\${db:Status-Abbrev} \${Package} \${Version}\\n' grafana grafana-enterprise 2>/dev/null)
record package.dpkg "$installed"
case "$installed|" in
  *[ih]i'  ${name} ${version}'[!0-9.+~-]*) ;;
  *) has apt-cache && record package.available "$(apt-cache madison ${name} 2>/dev/null | cut -d '|' -f 2)" ;;
esac`
}

/** rpm spells a version in more than one way, so gha's reader says whether the list was needed. */
function askDnf({cluster, node}: Asked): string {
  const name = packageName(cluster.grafana.edition)
  const {major, minor, patch} = cluster.grafana.version
  return `
has rpm && record package.asked rpm
installed=$(for name in grafana grafana-enterprise; do rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\\n' "$name" 2>/dev/null; done | grep '^grafana[-a-z]* [0-9]')
record package.rpm "$installed"
if [ -e ${quote(`${node.paths.state}/packages/unfinished`)} ]; then record package.unfinished yes; fi
case $installed in
  '${name} ${major}.${minor}.${patch}-'[1-9]*) ;;
  *) has dnf && record package.available "$(dnf -q -C --setopt=disable_excludes=all --disableplugin=versionlock repoquery --qf '%{version}-%{release}\\n' ${name} 2>/dev/null)" ;;
esac`
}

function askHome(home: string, by: 'gha' | 'others'): string {
  return `
record package.asked ${by}
home=${quote(home)}
if [ -d "$home" ]; then
  record package.home "$(readlink -f "$home")"
  [ -r "$home/VERSION" ] && record package.version "$(head -c 256 "$home/VERSION")"
fi`
}

function askDocker({node}: Asked): string {
  const container = node.service.manager === 'docker' ? node.service.container : ''
  return `
if image=$(docker container inspect -f '{{.Config.Image}}' ${quote(container)} 2>&1); then
  record package.asked docker
  record package.image "$image"
else
  case $image in *o\\ such\\ container*) record package.asked docker ;; *) record package.silent docker ;; esac
fi`
}

function readPackage(records: Records): Observation<Package> {
  if (records.has('package.silent')) return unknown('docker does not answer on the node')
  if (!records.has('package.asked')) return unknown('the package manager of gha.yaml is not on the node')
  const installed = readDpkg(records) ?? readRpm(records) ?? readHome(records) ?? readImage(records)
  return known({
    ...(installed ? {installed} : {}),
    ...(textOf(records, 'package.asked') === 'others' ? {byOthers: true} : {}),
    ...(records.has('package.available') ? {available: readAvailable(records)} : {}),
    restartOnUpgrade: /^["']?true["']?$/m.test(textOf(records, 'package.restart') ?? ''),
  })
}

function readAvailable(records: Records): readonly string[] {
  const names = linesOf(records, 'package.available').map(text => text.trim())
  if (textOf(records, 'package.asked') !== 'rpm') return names
  return names.map(name => {
    const version = parseRpmVersion(name)
    return version ? formatVersion(version) : name
  })
}

/** dpkg's three letters: what is wanted (hold), what is there (installed), and its error flag. */
function readDpkg(records: Records): InstalledPackage | undefined {
  const rows = linesOf(records, 'package.dpkg').flatMap(line => {
    const match = /^.(.)(.)\s*(\S+) (\S+)$/.exec(line)
    return match ? [{state: match[1], error: match[2], name: match[3] ?? '', text: match[4] ?? ''}] : []
  })
  const row = rows.find(({state}) => state !== 'n' && state !== 'c')
  if (!row) return undefined
  const whole = row.state === 'i' && row.error?.trim() === ''
  return {...named(row.name, row.text), condition: whole ? 'whole' : 'broken'}
}

function readRpm(records: Records): InstalledPackage | undefined {
  const entries = linesOf(records, 'package.rpm')
  const [name, text] = entries.at(-1)?.split(' ') ?? []
  if (!name || !text) return undefined
  const version = parseRpmVersion(text)
  const isWhole = entries.length === 1 && !records.has('package.unfinished')
  return {name, text, ...(version ? {version} : {}), condition: isWhole ? 'whole' : 'broken'}
}

function readHome(records: Records): InstalledPackage | undefined {
  const home = textOf(records, 'package.home')
  const version = textOf(records, 'package.version')
  return home && version ? {...named(home, version), condition: 'whole'} : undefined
}

function readImage(records: Records): InstalledPackage | undefined {
  const image = textOf(records, 'package.image')
  if (!image) return undefined
  const tag = /:([\w.-]+)$/.exec(image)?.[1] ?? ''
  const text = tag.replace(/-ubuntu$/, '').replace('-security-', '+security-')
  return {...named(image, text), condition: 'whole'}
}

function named(name: string, text: string): Pick<InstalledPackage, 'name' | 'text' | 'version'> {
  const version = parseVersion(text)
  return {name, text, ...(version ? {version} : {})}
}
