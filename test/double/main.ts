import {writeFileSync} from 'node:fs'
import Module from 'node:module'
import path from 'node:path'
import {runCli} from './cli/run-cli.ts'
import {readCommandLine} from './command-line.ts'
import {readRelease} from './release.ts'
import {runServer} from './run-server.ts'

// The launcher loads this file before the main module, so that the process's command line reads as Grafana's own:
// there is no main module, the first word is the command.
Object.assign(Module, {runMain: () => {}})
writeFileSync('/proc/self/comm', 'grafana')
process.env['NODE_OPTIONS'] = ''

const home = path.dirname(__dirname)
const [, first = '', ...rest] = process.argv
const line = readCommandLine([path.basename(first), ...rest])
const release = readRelease(home)

if (line.command === 'unknown') {
  process.stdout.write(
    `NAME:\n   grafana - Grafana server and command line interface\n\nVERSION:\n   ${release.version}\n`,
  )
  process.exitCode = 1
} else {
  const run = line.command === 'server' ? runServer : runCli
  run(line, release).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`Error: ✗ ${message}\n`)
    process.exit(1)
  })
}
