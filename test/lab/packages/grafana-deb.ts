import {chmodSync, copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {must} from '../run.ts'

export interface DebRequest {
  readonly version: string
  /** An unpacked tarball: bin, conf, public, VERSION. */
  readonly tree: string
  /** Where the package goes. */
  readonly folder: string
  readonly architecture: string
}

const PARTS = path.join(import.meta.dirname, 'grafana')
const OLD_COMMANDS = {'grafana-server': 'server', 'grafana-cli': 'cli'}

/** Packs a tree as the official package is laid out: same places, conffile, unit and maintainer scripts' behaviour. */
export async function packGrafana({version, tree, folder, architecture}: DebRequest): Promise<string> {
  const root = path.join(folder, `pack-${version}`)
  const put = (name: string, place: string, mode: number) => {
    const target = path.join(root, place)
    mkdirSync(path.dirname(target), {recursive: true})
    copyFileSync(path.join(PARTS, name), target)
    chmodSync(target, mode)
  }
  cpSync(tree, path.join(root, 'usr/share/grafana'), {recursive: true})
  put('grafana-server.service', 'usr/lib/systemd/system/grafana-server.service', 0o644)
  put('grafana-server.default', 'etc/default/grafana-server', 0o644)
  for (const script of ['postinst', 'prerm', 'postrm']) put(script, `DEBIAN/${script}`, 0o755)
  writeFileSync(path.join(root, 'DEBIAN/conffiles'), '/etc/default/grafana-server\n')
  writeFileSync(path.join(root, 'DEBIAN/control'), control(version, architecture))
  writeCommands(path.join(root, 'usr/sbin'))
  const deb = path.join(folder, `grafana_${version.replace('+security-', '-')}_${architecture}.deb`)
  await must(['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '--build', root, deb])
  rmSync(root, {recursive: true})
  return deb
}

function control(version: string, architecture: string): string {
  return `Package: grafana
Version: ${version.replace('+security-', '-')}
Architecture: ${architecture}
Maintainer: gha tests <nobody@localhost>
Section: default
Priority: extra
Depends: adduser, libfontconfig1, musl
Conflicts: grafana-enterprise
Description: stands in for Grafana in the tests of gha
`
}

function writeCommands(folder: string): void {
  mkdirSync(folder, {recursive: true})
  writeFileSync(path.join(folder, 'grafana'), '#!/bin/sh\nexec /usr/share/grafana/bin/grafana "$@"\n', {mode: 0o755})
  for (const [name, word] of Object.entries(OLD_COMMANDS))
    writeFileSync(
      path.join(folder, name),
      `#!/bin/sh\necho "${name} is deprecated: use grafana ${word}" >&2\nexec /usr/share/grafana/bin/grafana ${word} "$@"\n`,
      {mode: 0o755},
    )
}
