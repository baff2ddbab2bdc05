import {GhaError} from '../errors/gha-error.ts'
import {classifyStep, runsMixed} from '../grafana/version-steps.ts'
import {sha256} from '../model/digest.ts'
import type {Lease} from '../model/lease.ts'
import type {Release} from '../model/release.ts'
import {formatManifest} from '../model/release-manifest.ts'
import {quote, type Script} from '../model/script.ts'
import {compareVersions, parseVersion} from '../model/version.ts'
import {fenced} from './fence.ts'
import type {InstallMethod} from './install/method.ts'
import {type PluginLoad, receivePlugins, rememberPlugins, verifyPlugins} from './plugins.ts'
import type {ServiceControl} from './service/service-control.ts'

export interface Staging {
  readonly state: string
  readonly lease: Lease
  readonly release: Release
  /** Content of each of the release's files, in its order; without it the release lies on the node already. */
  readonly contents?: readonly Uint8Array[]
  readonly install: InstallMethod
  readonly service: ServiceControl
  /** Of the wished version, and of the installed one to go back to: where they are pushed and the node lacks them. */
  readonly archives?: readonly PushedArchive[]
  /** Those of the release's plugins that the node lacks. */
  readonly plugins?: readonly PluginLoad[]
  /** Path → version of the plugins that lie there before, where they tell it. */
  readonly versionsThere?: ReadonlyMap<string, string>
  /** Shell text that lets the node know where its packages come from. */
  readonly setUp?: string
}

export interface PushedArchive {
  /** As the install method spells it. */
  readonly version: string
  readonly bytes: Uint8Array
}

export interface Staged {
  /** The release to go back to; undefined when nothing of Grafana was there before. */
  readonly previous?: string
  /** False where the previous package cannot be had any more: there is no way back. */
  readonly wayBack: boolean
  /** Set where a migration that had the database alone lies between the two: no node goes back over it by itself. */
  readonly overMigration?: true
}

/** What a node may get of a line that all nodes share: an archive of 200 MB takes its time, beside that of the package manager. */
const SLOWEST_BYTES_PER_SECOND = 500_000

/**
 * Puts package and files beside the running Grafana without touching it, the previous package too.
 * A node that gha never wrote gets its live files copied as release `found`, so that they can be put back.
 */
export function stageRelease(staging: Staging): Script<Staged> {
  const {state, lease, release, contents, install, service, archives = [], plugins = [], setUp = ''} = staging
  for (const {path} of [...release.files, ...(release.plugins ?? [])]) refuseOddPath(path)
  const version = quote(install.spell(release.version))
  const manifest = new TextEncoder().encode(formatManifest(release, install.spell(release.version)))
  const sent = contents ? [manifest, ...contents] : []
  const input = [...sent, ...[...archives, ...plugins].map(({bytes}) => bytes)]
  return fenced({
    name: 'stage',
    state,
    lease,
    body: [
      service.functions,
      `wished_version=${version}`,
      install.functions,
      contents ? receive(release, sent, archives) : stillThere(release, archives),
      receivePlugins(plugins),
      verifyPlugins(release),
      setUp,
      fetchPackage(install.spell(release.version)),
      rememberPrevious(release, staging.versionsThere),
    ].join('\n'),
    input,
    deadlineSeconds: 600 + Math.ceil(input.reduce((sum, {length}) => sum + length, 0) / SLOWEST_BYTES_PER_SECOND),
    parse: records => {
      const previous = records.get('previous')?.[0]
      const over = goesOverMigration(records.get('previous-version')?.[0], release)
      const wayBack = records.get('way-back')?.[0] === 'yes'
      return {...(previous ? {previous} : {}), wayBack, ...(over ? {overMigration: true} : {})}
    },
  })
}

/** An earlier run may have brought this release already, so that the step of today's tells nothing of it. */
function goesOverMigration(previous: string | undefined, {version}: Release): boolean {
  const before = parseVersion(previous ?? '')
  if (!before) return false
  const forward = compareVersions(before, version) <= 0 ? classifyStep(before, version) : classifyStep(version, before)
  return !runsMixed(forward)
}

/** What the package manager or the method itself said last is why, as far as the method knows nothing better. */
function fetchPackage(version: string): string {
  return [
    `if ! package_fetch ${quote(version)} 2>"$said/fetch"; then`,
    '  cat "$said/fetch" >&2; why=$(tail -n 3 "$said/fetch" | tr -s "\\r\\n" " "); why=${why% }',
    `  fail "\${package_problem:-cannot fetch Grafana ${version}: \${why:-is it in the node's package source?}}"`,
    'fi',
  ].join('\n')
}

/** Takes the bytes off the input in the order they were sent; a release is there whole or not at all. */
function receive(release: Release, parts: readonly Uint8Array[], archives: readonly PushedArchive[]): string {
  const names = ['manifest', ...release.files.map((_, index) => `files/${index}`)]
  return [
    `dir=$state/releases/${quote(release.id)}`,
    'rm -rf "$dir.part" && mkdir -p "$dir.part/files" "$state/packages" || fail "no room for the release"',
    ...names.map(
      (name, index) => `head -c ${parts[index]?.length ?? 0} >"$dir.part/${name}" || fail "no room for the release"`,
    ),
    ...receiveArchives(archives),
    ...release.files.map(
      ({sha256, path}, index) =>
        `echo ${sha256} "$dir.part/files/${index}" | sha256sum -c --status || fail ${quote(`${path} arrived damaged`)}`,
    ),
    'sync',
    'rm -rf "$dir" && mv "$dir.part" "$dir" || fail "no room for the release"',
  ].join('\n')
}

/** A release of an earlier run: whole, or it is not gone back to. */
function stillThere(release: Release, archives: readonly PushedArchive[]): string {
  return [
    `dir=$state/releases/${quote(release.id)}`,
    `[ -e "$dir/manifest" ] || fail ${quote(`release ${release.id} is not on this node any more`)}`,
    'mkdir -p "$state/packages"',
    ...receiveArchives(archives),
    ...release.files.map(
      ({sha256, path}, index) =>
        `echo ${sha256} "$dir/files/${index}" | sha256sum -c --status || fail ${quote(`${path} of release ${release.id} is damaged`)}`,
    ),
    'touch "$dir"',
  ].join('\n')
}

function receiveArchives(archives: readonly PushedArchive[]): readonly string[] {
  return archives.flatMap(({version, bytes}) => {
    const place = `"$state/packages/pushed-"${quote(version)}`
    return [
      `head -c ${bytes.length} >${place} || fail "no room for the archive"`,
      `echo ${sha256(bytes)} ${place} | sha256sum -c --status || fail "the archive of ${version} arrived damaged"`,
    ]
  })
}

/**
 * What is live now, as the release to go back to; live files that gha did not write are copied. Once a first swap has begun
 * they may be gha's own by now, and what was copied before it counts. A release that serves is brought in again over what
 * has become of it, and never for the one before it: that is copied whole.
 */
function rememberPrevious(release: Release, versionsThere: Staging['versionsThere']): string {
  return [
    'live=$(cat "$state/release" 2>/dev/null) whose=others',
    `if [ "$live" = ${quote(release.id)} ]; then current=$(cat "$state/previous" 2>/dev/null); else current=$live; fi`,
    // What an undo may go back to is not copied over.
    `if [ "$live" = ${quote(release.id)} ] && [ ! -e "$state/out" ] && [ "$current" != found ]; then current=; fi`,
    'if [ -z "$live" ] && [ -e "$state/swapping" ]; then current=found; fi',
    '[ -e "$state/releases/$current/manifest" ] || current=',
    'installed=$(package_current)',
    'if [ -n "$installed" ] && [ ! -e "$state/swapping" ] && { [ -z "$current" ] || [ "$current $live" = "found found" ]; }; then',
    '  [ -n "$current" ] || [ -z "$live" ] || whose=all',
    '  current=found; found=$state/releases/found; rm -rf "$found"; mkdir -p "$found/files" && printf "version\\t%s\\n" "$installed" >"$found/manifest" || fail "no room for the files as they are"',
    'fi',
    KEEP_FILES,
    ...release.files.map(({path, access}) => `keep_file ${quote(path)} ${access}`),
    '[ -z "$keeping" ] || sync',
    rememberPlugins(release.plugins ?? [], versionsThere),
    '[ -n "$current" ] && record previous "$current"',
    'previous_version=$(sed -n "s/^version\t//p" "$state/releases/$current/manifest" 2>/dev/null)',
    'record previous-version "$previous_version"',
    'if [ -n "$previous_version" ] && { package_fetch "$previous_version" || package_at_hand "$previous_version"; }; then record way-back yes; else record way-back no; fi',
  ].join('\n')
}

/**
 * A file that lies where the release will put its own, and that no release of gha brought, is kept with the release to go
 * back to: in `found` as its own, in another as `kept`. What an earlier run kept there, and never touched, may be old by now.
 */
const KEEP_FILES = `
tab=$(printf '\\t') keeping=
kept=$state/releases/$current
if [ "$current" = "$live" ] && [ ! -e "$state/swapping" ] && grep -q "^kept$tab" "$kept/manifest" 2>/dev/null; then
  grep -v "^kept$tab" "$kept/manifest" >"$kept/manifest.new" && mv -f "$kept/manifest.new" "$kept/manifest" || fail "no room for the files as they are"
fi
keep_file() {
  [ -f "$1" ] && [ -n "$current" ] && [ -e "$kept/manifest" ] || return 0
  for release in "$live" $(cat "$state/swapping" 2>/dev/null); do
    [ "$whose" = all ] || [ "$release" = found ] || ! grep "^file$tab" "$state/releases/$release/manifest" 2>/dev/null | cut -f 5 | grep -qxF -- "$1" || return 0
  done
  ! cut -f 5 "$kept/manifest" | grep -qxF -- "$1" || return 0
  keeping=yes place=$(grep -c -e "^file$tab" -e "^kept$tab" "$kept/manifest")
  kind=kept; [ "$current" != found ] || kind=file
  cp -p "$1" "$kept/files/$place" && sum=$(sha256sum <"$kept/files/$place") &&
    printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$kind" "$place" "$2" "\${sum%% *}" "$1" >>"$kept/manifest" || fail "no room for $1 as it is"
}`.trim()

/** The manifest is read by a shell, line by line and tab by tab. */
function refuseOddPath(path: string): void {
  if (!/[\t\n\r]/.test(path)) return
  throw new GhaError(`a path on a node cannot hold tabs or line breaks: ${JSON.stringify(path)}`, {
    code: 'PATH_INVALID',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Rename the file in the provisioning folder.',
  })
}
