// Runs a script of this repository on the pinned Node, installing that Node and the packages first.
// Plain JavaScript that Node 18 and npm 9 can run: it is the first thing a newcomer's machine executes.
import {spawn, spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {constants} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

const NODE_VERSION = '24.21.0'
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const runtime = path.join(root, '.runtime')
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const nodeBin = path.join(runtime, 'node_modules', nodePackage, 'bin')

const [script, ...args] = process.argv.slice(2)
installNode()
const env = {
  ...process.env,
  PATH: `${nodeBin}${path.delimiter}${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
}
installPackages()
run(script, args)

function installNode() {
  if (existsSync(path.join(nodeBin, 'node'))) return
  say(`installing Node ${NODE_VERSION} into .runtime`)
  mkdirSync(runtime, {recursive: true})
  writeFileSync(path.join(runtime, 'package.json'), '{"private":true}\n')
  npm(
    [
      'install',
      '--prefix',
      runtime,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `${nodePackage}@${NODE_VERSION}`,
    ],
    process.env,
  )
}

/** Skips the install when the lock file is the one last installed with this Node. */
function installPackages() {
  const stamp = path.join(root, 'node_modules', '.gha-installed')
  const wanted = createHash('sha256')
    .update(NODE_VERSION)
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  if (isLink(path.join(root, 'node_modules'))) {
    say('node_modules is a link: installing through it would empty what it points to. Remove the link first.')
    process.exit(1)
  }
  say('installing npm packages')
  rmSync(stamp, {force: true})
  npm(['ci', '--no-audit', '--no-fund'], env)
  writeFileSync(`${stamp}.new`, wanted)
  renameSync(`${stamp}.new`, stamp)
}

function isLink(place) {
  return lstatSync(place, {throwIfNoEntry: false})?.isSymbolicLink() ?? false
}

function npm(words, environment) {
  const done = spawnSync('npm', words, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (done.status === 0) return
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}\n`)
  say(`npm ${words[0]} failed; nothing of the project was run`)
  process.exit(1)
}

function run(file, words) {
  const child = spawn(
    path.join(nodeBin, 'node'),
    [...(file.endsWith('.ts') ? ['--import', 'tsx'] : []), path.join(root, file), ...words],
    {
      env,
      stdio: 'inherit',
      cwd: root,
    },
  )
  // The terminal already sends Ctrl-C to the whole group; the child decides what it means.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal === 'SIGINT' || child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

function say(text) {
  process.stderr.write(`gha: ${text}\n`)
}
