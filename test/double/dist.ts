import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {build} from 'esbuild'

const HERE = import.meta.dirname

/** Writes a tree like the one that the official tarball unpacks to. */
export async function writeDist(version: string, directory: string): Promise<void> {
  const write = (name: string, content: string, mode = 0o644) => {
    const file = path.join(directory, name)
    mkdirSync(path.dirname(file), {recursive: true})
    writeFileSync(file, content)
    chmodSync(file, mode)
  }
  write('VERSION', `${version}\n`)
  write('lib/grafana.cjs', await bundle())
  write('bin/grafana', launcher(), 0o755)
  write('bin/grafana-server', wrapper('server'), 0o755)
  write('bin/grafana-cli', wrapper('cli'), 0o755)
  for (const name of ['defaults.ini', 'sample.ini'])
    cpSync(path.join(HERE, 'conf', name), path.join(ensure(directory, 'conf'), name))
  for (const kind of ['dashboards', 'datasources', 'plugins', 'alerting', 'access-control'])
    write(`conf/provisioning/${kind}/sample.yaml`, '# apiVersion: 1\n')
  write('public/robots.txt', 'User-agent: *\nDisallow: /\n')
}

/** Packs such a tree as `grafana-<version>/…` and puts its checksum beside it. */
export async function writeTarball(version: string, file: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'grafana-dist-'))
  try {
    const top = `grafana-${version}`
    await writeDist(version, path.join(folder, top))
    mkdirSync(path.dirname(file), {recursive: true})
    await promisify(execFile)('tar', ['-czf', `${file}.new`, '--owner=0', '--group=0', '-C', folder, top])
    const sum = createHash('sha256')
      .update(readFileSync(`${file}.new`))
      .digest('hex')
    writeFileSync(`${file}.sha256`, `${sum}  ${path.basename(file)}\n`)
    renameSync(`${file}.new`, file)
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

/** The name that the official download has. */
export function tarballName(version: string): string {
  return `grafana-${version}.linux-amd64.tar.gz`
}

let bundled: Promise<string> | undefined

function bundle(): Promise<string> {
  bundled ??= build({
    entryPoints: [path.join(HERE, 'main.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['pg-native', 'bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  }).then(result => result.outputFiles[0]?.text ?? '')
  return bundled
}

/** Starts Node with no main module, under the name it was called by: its command line then reads like Grafana's. */
function launcher(): string {
  return `#!/bin/bash
home=$(dirname "$(dirname "$(readlink -f "\${BASH_SOURCE[0]}")")")
case "$1" in
  -v | --version | -version) echo "grafana version $(cat "$home/VERSION")"; exit 0 ;;
esac
for node in "$DOUBLE_NODE" /opt/double-node/bin/node ${JSON.stringify(process.execPath)}; do
  [ -x "$node" ] && break
done
export NODE_OPTIONS="--require=\\"$home/lib/grafana.cjs\\" --disable-warning=ExperimentalWarning"
exec -a "$0" "$node" "$@"
`
}

function wrapper(command: string): string {
  return `#!/bin/bash
exec "$(dirname "$(readlink -f "\${BASH_SOURCE[0]}")")/grafana" ${command} "$@"
`
}

function ensure(directory: string, name: string): string {
  const folder = path.join(directory, name)
  mkdirSync(folder, {recursive: true})
  return folder
}
