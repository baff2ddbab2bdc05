// The sandbox as a command: up DIR [--nodes 3] [--ignore-drain] [--own-balancer], down DIR.
import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {clearLeftovers, ownerOf} from './leftovers.ts'
import {startSandbox} from './sandbox.ts'

const UP_SECONDS = 60
const {positionals, values: flags} = parseArgs({
  allowPositionals: true,
  options: {
    nodes: {type: 'string', default: '3'},
    'ignore-drain': {type: 'boolean', default: false},
    'own-balancer': {type: 'boolean', default: false},
  },
})
const [verb, directory] = positionals
const verbs: Readonly<Record<string, (directory: string) => Promise<void>>> = {up, down, serve}
const run = verbs[verb ?? '']
if (!run || !directory) {
  console.error('usage: cli.ts up DIR [--nodes N] [--ignore-drain] [--own-balancer] | down DIR')
  process.exitCode = 2
} else await run(path.resolve(directory))

/** Leaves a process behind that holds the sandbox, and answers when it is ready. */
async function up(folder: string): Promise<void> {
  mkdirSync(folder, {recursive: true, mode: 0o700})
  if (ownerOf(folder)) throw new Error(`a sandbox already runs in ${folder}`)
  const ready = path.join(folder, 'sandbox.json')
  rmSync(ready, {force: true})
  const log = openSync(path.join(folder, 'sandbox.log'), 'w')
  const words = ['--no-warnings', import.meta.filename, 'serve', ...process.argv.slice(3)]
  const child = spawn(process.execPath, words, {detached: true, stdio: ['ignore', log, log]})
  const deadline = Date.now() + UP_SECONDS * 1000
  while (!existsSync(ready) && child.exitCode === null && Date.now() < deadline) await sleep(50)
  if (!existsSync(ready))
    throw new Error(`the sandbox did not start:\n${readFileSync(path.join(folder, 'sandbox.log'))}`)
  child.unref()
  console.log(readFileSync(ready, 'utf8').trimEnd())
}

async function down(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  const owner = ownerOf(folder)
  if (owner) process.kill(owner, 'SIGTERM')
  while (ownerOf(folder)) await sleep(50)
  await clearLeftovers(realpathSync(folder))
}

/** Holds the sandbox until a signal comes. */
async function serve(folder: string): Promise<void> {
  const asked = new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve)
  })
  const {stop, ...sandbox} = await startSandbox({
    directory: folder,
    nodes: Number(flags.nodes),
    drain: flags['ignore-drain'] ? 'ignored' : 'obeyed',
    balancer: flags['own-balancer'] ? 'own' : 'haproxy if installed',
  })
  const ready = path.join(folder, 'sandbox.json')
  writeFileSync(`${ready}.new`, `${JSON.stringify(sandbox, null, 2)}\n`)
  renameSync(`${ready}.new`, ready)
  await asked
  await stop()
  rmSync(ready, {force: true})
  process.exit()
}
