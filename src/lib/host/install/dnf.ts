import {quote} from '../../model/script.ts'
import {RELABEL} from '../relabel.ts'
import {DNF_KEY, DNF_REPOSITORY} from './dnf-repository.ts'

/** `repositories`: what the node's dnf knows. `own-repository`: also what gha set up. `pushed`: what was put to `$state/packages/pushed-VERSION`. */
export type DnfSource = 'repositories' | 'own-repository' | 'pushed'

export interface DnfInstall {
  readonly packageName: string
  readonly source: DnfSource
  /** Where Grafana lies. */
  readonly home: string
}

/**
 * A folder per version in `$state/packages` holds the rpm and what it needs that the node lacked, so that nothing is
 * downloaded while the node is out, and the old version is there to go back to. Versions are Grafana's own.
 *
 * rpm has no half-installed state that it would tell of: a transaction that was cut leaves the old entry over new files,
 * or both entries. So gha notes that one is under way, and until it ended well nothing counts as installed and the next
 * one writes every file anew.
 */
export function dnfInstall({packageName, source, home}: DnfInstall): string {
  return `
package=${packageName} home=${quote(home)}
unfinished=$state/packages/unfinished
${RELABEL}
${VERSIONS}
${LOCK}
dnf_do() { (umask 022; dnf -q -y --setopt=disable_excludes=all --disableplugin=versionlock "$@" >&2); }
package_file() { find "$state/packages/$1.rpms" -maxdepth 1 -name "$package-[0-9]*.rpm" 2>/dev/null | head -n 1; }
package_at_hand() { [ -n "$(package_file "$1")" ]; }
package_current() { [ -e "$unfinished" ] || package_entries | package_versions | sed '$!N;/\\n/d'; }
package_fits() { rpm -U --test --oldpackage --replacepkgs --replacefiles "$1" >/dev/null 2>&1; }
package_fetch() {
  package_at_hand "$1" && return 0
  part=$state/packages/$1.part
  rm -rf "$part" && mkdir -p "$part" && package_wait || return 1
  if package_get "$1" && package_genuine "$1" && sync && rm -rf "$state/packages/$1.rpms" && mv "$part" "$state/packages/$1.rpms"; then return 0; fi
  rm -rf "$part"
  return 1
}
package_genuine() {
  rpm=$(find "$part" -maxdepth 1 -name "$package-[0-9]*.rpm" | head -n 1)
  [ "$(rpm -qp --qf "$package_format" "$rpm" 2>/dev/null | package_versions)" = "$1" ] || { echo "$rpm is not $package $1" >&2; return 1; }
  ${GENUINE[source]}
}
${GET[source]}
${INSTALL}
${KEEP}
package_prune() {
  rm -rf "$state/packages"/pushed-* "$state/packages"/*.part
  for rpms in "$state/packages"/*.rpms; do
    version=\${rpms##*/}
    case " $* " in *" \${version%.rpms} "*) ;; *) rm -rf "$rpms" ;; esac
  done
}`.trim()
}

/**
 * `package_versions` turns the VERSION-RELEASE of rpm into Grafana's spelling, line by line: where the number of a
 * security build or the name of a pre-release stands has changed over the years.
 */
const VERSIONS = `
package_format='%{VERSION}-%{RELEASE}\\n'
package_entries() { rpm -q --qf "$package_format" "$package" 2>/dev/null | grep '^[0-9]'; }
package_versions() {
  sed -n -e 's/^\\([0-9]*[.][0-9]*[.][0-9]*\\)[-+^~._]*security[-+^~._]*\\([0-9][0-9]*\\).*/\\1+security-\\2/' -e 's/+security-\\([0-9]\\)$/+security-0\\1/' -e '/+security-[0-9]*$/{p;d;}' \\
    -e 's/^\\([0-9]*[.][0-9]*[.][0-9]*\\)-\\(0[0-9][0-9]*\\)$/\\1+security-\\2/p;t' \\
    -e 's/^\\([0-9]*[.][0-9]*[.][0-9]*\\)[-~^_]\\([A-Za-z][A-Za-z0-9.]*\\).*/\\1-\\2/p;t' \\
    -e 's/^\\([0-9]*[.][0-9]*[.][0-9]*\\)-[0-9].*/\\1/p'
}`.trim()

/**
 * dnf waits for another one without end, and for whoever has got the number of one that a power cut ended. The lock of
 * rpm itself is one that only the kernel tells of.
 */
const LOCK = `
package_locked() {
  for held in /var/cache/dnf/*_lock.pid /var/lib/dnf/*_lock.pid; do
    holder=$(cat "$held" 2>/dev/null) && [ -n "$holder" ] || continue
    case $(tr '\\0' ' ' <"/proc/$holder/cmdline" 2>/dev/null) in *dnf* | *yum* | *ackage*it*) return 0 ;; *) rm -f "$held" ;; esac
  done
  held=$(stat -c %i "$(rpm --eval '%{_dbpath}')/.rpm.lock" 2>/dev/null) && grep -q " WRITE .*:$held 0 EOF" /proc/locks
}
package_wait() {
  waited=0
  while package_locked; do
    [ "$waited" -lt 120 ] || { echo 'another dnf or rpm has been at work on this node for two minutes' >&2; return 1; }
    waited=$((waited + 1)); sleep 1
  done
}`.trim()

const FROM_REPOSITORIES = (repository: string) => `
package_spelling() {
  dnf -q --setopt=disable_excludes=all --disableplugin=versionlock${repository} "$@" repoquery --qf '%{version}-%{release}\\n' "$package" 2>/dev/null |
    while read -r spelling; do [ "$(echo "$spelling" | package_versions)" != "$wanted" ] || echo "$spelling"; done
}
package_get() {
  wanted=$1 entry=$(package_entries) verb=install
  spelling=$(package_spelling)
  [ -n "$spelling" ] || spelling=$(package_spelling --refresh)
  [ -n "$spelling" ] || { echo "no repository of this node has $package $1" >&2; return 1; }
  # The very build that is installed, where it is this version; otherwise the last one.
  if echo "$spelling" | grep -qxF -- "$entry"; then spelling=$entry verb=reinstall; else spelling=$(echo "$spelling" | tail -n 1); fi
  dnf_do${repository} "$verb" --downloadonly --destdir "$part" "$package-$spelling"
}`

/** Defines `package_get VERSION`: brings the rpm, and what it needs that the node lacks, to `$part`. */
const GET: Readonly<Record<DnfSource, string>> = {
  repositories: FROM_REPOSITORIES('').trim(),
  'own-repository': FROM_REPOSITORIES(` --enablerepo=${DNF_REPOSITORY}`).trim(),
  pushed: `package_get() {
  pushed=$state/packages/pushed-$1
  [ -e "$pushed" ] || return 1
  is=$(rpm -qp --qf '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}' "$pushed" 2>/dev/null) || { echo 'the pushed package is no rpm' >&2; return 1; }
  machine=\${is##* } rpm=\${is#* }
  case $machine in noarch | "$(uname -m)" | "$(rpm --eval '%{_target_cpu}')") ;; *) echo "the pushed package is $is" >&2; return 1 ;; esac
  case $is in "$package "[0-9]*) ;; *) echo "the pushed package is $is" >&2; return 1 ;; esac
  rpm=$part/$package-\${rpm% *}.$machine.rpm
  mv -f "$pushed" "$rpm" || return 1
  package_fits "$rpm" || [ "$(package_current)" = "$1" ] || dnf_do install --downloadonly --destdir "$part" "$rpm" ||
    { echo "what $package $1 depends on cannot be had here" >&2; return 1; }
}`,
}

/** A whole rpm; and from gha's repository one that this key has signed, whatever other keys the node trusts. */
const GENUINE: Readonly<Record<DnfSource, string>> = {
  repositories: 'rpmkeys --checksig "$rpm" >&2',
  'own-repository': `rm -rf "$part/keys"
  rpmkeys --dbpath "$part/keys" --import ${DNF_KEY} && rpmkeys --dbpath "$part/keys" --define '_pkgverify_level all' --checksig "$rpm" >&2 ||
    { echo "$package $1 is not signed with the key of gha.yaml" >&2; return 1; }
  rm -rf "$part/keys"`,
  pushed: 'rpmkeys --checksig "$rpm" >&2',
}

/**
 * Asks no repository: all that is needed lies beside. What was fetched with it is only used where the node still lacks
 * it, as the node may have newer ones by now. A script of the package may fail, since it restarts a unit that is masked:
 * what rpm says is installed decides. A script whose dnf was killed runs on, and would restart a Grafana that serves by
 * then: it is ended.
 */
const INSTALL = `
package_install() {
  version=$1 rpm=$(package_file "$1")
  [ -n "$rpm" ] || { echo "the rpm of $package $1 is not on this node" >&2; return 1; }
  package_wait || return 1
  wanted=$(rpm -qp --qf "$package_format" "$rpm" 2>/dev/null)
  if [ -e "$unfinished" ] || [ "$(package_entries | wc -l)" -gt 1 ]; then mend=yes; else mend=; fi
  date -u +%Y-%m-%dT%H:%M:%SZ >"$unfinished" && { sync "$unfinished" 2>/dev/null || sync; } || return 1
  if package_fits "$rpm"; then set -- "$rpm"; else set -- "\${rpm%/*}"/*.rpm; fi
  if [ -n "$mend" ]; then package_mend "$@"; else package_swap "$@"; fi
  package_own_files
  [ "$(package_entries)" = "$wanted" ] || { package_locked || package_end_scripts; return 1; }
  sync; rm -f "$unfinished"
}
package_swap() {
  before=$(package_entries)
  dnf_do --disablerepo='*' install "$@"
  # A dnf that takes \`install\` of an older one for done.
  [ -z "$before" ] || [ "$(package_entries)" != "$before" ] || dnf_do --disablerepo='*' downgrade "$@"
}
package_end_scripts() {
  here=$(stat -Lc %d:%i /)
  for script in $(grep -al 'rpm-tmp[.]' /proc/[0-9]*/cmdline 2>/dev/null); do
    script=\${script%/cmdline}
    [ "$(stat -Lc %d:%i "$script/root" 2>/dev/null)" != "$here" ] || kill -9 "\${script#/proc/}" 2>/dev/null
  done
}
package_mend() {
  package_end_scripts
  rpm -qa >/dev/null 2>&1 || rpm --rebuilddb >&2
  # What rpm had unpacked, but not yet given its name.
  find "$home" -xdev -type f -name '*;[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]' -exec rm -f {} + 2>/dev/null
  rpm -U --oldpackage --replacepkgs --replacefiles "$@" >&2
}
package_own_files() {
  rpm -qc "$package" 2>/dev/null | while read -r file; do
    [ -n "$(find "$file.rpmsave" -cnewer "$unfinished" 2>/dev/null)" ] || continue
    mv -f "$file" "$file.rpmnew"; mv -f "$file.rpmsave" "$file"
  done
}`.trim()

/**
 * By dnf's versionlock, where that is there. Its list is written here, as Grafana is down meanwhile and dnf would read
 * all that it knows first. A repository that gha set up is one that nobody else's dnf asks.
 */
const KEEP = `
package_keep() {
  list=$(sed -n 's/^locklist *= *//p' /etc/dnf/plugins/versionlock.conf 2>/dev/null)
  list=\${list:-/etc/dnf/plugins/versionlock.list}
  held=$(rpm -q --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.*' "$package" 2>/dev/null) || return 0
  if [ -f "$list" ]; then
    grep -qxF -- "$held" "$list" && return 0
    cp -p "$list" "$list.gha-new" && { grep -v "^$package-[0-9]*:" "$list"; echo "$held"; } >"$list.gha-new" && mv -f "$list.gha-new" "$list" && relabel "$list"
  elif command -v dnf5 >/dev/null 2>&1; then
    (umask 022; dnf5 -q -y versionlock delete "$package"; dnf5 -q -y versionlock add "$package") >/dev/null 2>&1
  fi
  return 0
}`.trim()
