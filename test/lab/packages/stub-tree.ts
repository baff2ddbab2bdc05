import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'

/** The least that a package can be made of: a server that tells its version. */
export function writeStubTree(version: string, folder: string): void {
  for (const place of ['bin', 'conf', 'public']) mkdirSync(path.join(folder, place), {recursive: true})
  writeFileSync(path.join(folder, 'VERSION'), `${version}\n`)
  writeFileSync(path.join(folder, 'conf', 'defaults.ini'), '[server]\nhttp_port = 3000\n')
  writeFileSync(path.join(folder, 'conf', 'sample.ini'), '[server]\n;http_port = 3000\n')
  writeFileSync(path.join(folder, 'bin', 'grafana'), server(version), {mode: 0o755})
}

function server(version: string): string {
  return `#!/opt/double-node/bin/node
const answer = JSON.stringify({database: 'ok', version: '${version}'})
require('node:http').createServer((request, response) => response.end(answer)).listen(3000)
process.on('SIGTERM', () => process.exit(0))
`
}
