// Shows gha's main job: a cluster of three Grafana servers comes up and is updated under load, on this machine alone.
import {spawn, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {initWords} from '../test/sandbox/init-words.ts'
import {packDouble, packGrafana} from '../test/sandbox/packages.ts'
import {startSandbox} from '../test/sandbox/sandbox.ts'
import {watchBalancer} from '../test/sandbox/watch-balancer.ts'

const DOUBLES = ['12.1.0', '12.1.1']
const DOUBLE_WORDS =
  'no real Grafana was given, so a double stands for it: a small server that does towards its cluster what Grafana does'
const FEWEST_REQUESTS = 2000
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const {values: flags} = parseArgs({
  options: {
    keep: {type: 'boolean', default: false},
    grafana: {type: 'string', multiple: true, default: []},
    'no-drain': {type: 'boolean', default: false},
    'own-balancer': {type: 'boolean', default: false},
  },
})
// Without draining it takes many requests for one of them to be hit.
const RATE = flags['no-drain'] ? 100 : 50

const children = new Set()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true
    for (const child of children) child.kill('SIGTERM')
  })
}

const started = performance.now()
const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-demo-')))
const clusterFolder = path.join(directory, 'cluster')
let sandbox
try {
  process.exitCode = (await demo()) ? 0 : 1
} catch (error) {
  process.exitCode = interrupted ? 130 : 1
  say(interrupted ? 'interrupted' : `the demo failed: ${error.message}`)
} finally {
  await takeDown()
}
process.exit()

async function demo() {
  say('building gha, and starting a sandbox of three hosts, a PostgreSQL and a load balancer on this machine')
  const built = node(['scripts/build.mjs'], {quiet: true})
  const [from, to] = await makePackages()
  sandbox = await start()
  await built
  say(`${sandbox.postgres.words}; ${sandbox.balancer.words}`)
  say(flags.grafana.length > 0 ? `a real Grafana ${from}` : DOUBLE_WORDS)
  if (flags['no-drain'])
    say('the balancer only pretends to drain: some requests should be lost, or the demo proves nothing')

  mkdirSync(clusterFolder)
  const init = initWords(sandbox, {version: from, packages: path.join(directory, 'packages'), directory: clusterFolder})
  await gha(
    ['init', ...init],
    `init ${init.slice(0, 3).join(' ')} --database ${init[init.indexOf('--database') + 1]} …`,
  )
  await gha(['check'])
  await gha(['apply', '--yes'])
  const {summary, outages} = await underLoad(async () => {
    if (to) await gha(['rollout', '--to', to, '--yes'])
    else await rollOutSetting()
  })
  await gha(['status'])
  return tell({from, to, summary, outages})
}

/** Two versions, or one and nothing: then a changed setting is rolled out. */
async function makePackages() {
  const folder = path.join(directory, 'packages')
  if (flags.grafana.length > 0) return packGrafana(flags.grafana, folder)
  await packDouble(DOUBLES, folder)
  return DOUBLES
}

/** What is to stay must not depend on this process. */
async function start() {
  if (!flags.keep) {
    return startSandbox({
      directory,
      drain: flags['no-drain'] ? 'ignored' : 'obeyed',
      balancer: flags['own-balancer'] ? 'own' : 'haproxy if installed',
    })
  }
  const words = [...(flags['no-drain'] ? ['--ignore-drain'] : []), ...(flags['own-balancer'] ? ['--own-balancer'] : [])]
  return JSON.parse(await node(['test/sandbox/cli.ts', 'up', directory, ...words], {quiet: true}))
}

async function rollOutSetting() {
  const file = path.join(clusterFolder, 'gha.yaml')
  say('only one version was given: a changed setting is rolled out')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/"?server"?:/, 'users: { viewers_can_edit: true }\n    $&'))
  await gha(['rollout', '--yes'])
}

async function underLoad(work) {
  const load = startLoad()
  const watch = watchBalancer(sandbox.balancer.socket, 'grafana')
  const begun = performance.now()
  await sleep(2000)
  try {
    await work()
    const shortest = (FEWEST_REQUESTS / RATE) * 1500
    while (performance.now() - begun < shortest && !interrupted) await sleep(200)
  } finally {
    load.child.kill('SIGTERM')
  }
  return {summary: JSON.parse(await load.finished), outages: await watch.stop()}
}

function startLoad() {
  say(`${RATE} requests per second from 16 users, until the rollout is over:`)
  const words = ['--url', sandbox.url, '--rate', String(RATE), '--log', path.join(directory, 'load.ndjson')]
  const password = path.join(clusterFolder, 'secrets', 'admin_password')
  return run(process.execPath, ['--no-warnings', 'test/load/cli.ts', ...words, '--password-file', password], {
    quiet: true,
  })
}

function tell({from, to, summary, outages}) {
  const lost = summary.lost + summary.queriesLost
  const rows = [
    ['rolled out', to ? `Grafana ${from} → ${to}` : 'a changed setting'],
    ['requests served', summary.requests + summary.queries - lost],
    ['requests lost', `${summary.lost}${summary.lost > 0 ? ` ${JSON.stringify(summary.byReason)}` : ''}`],
    ['POST queries lost', `${summary.queriesLost} of ${summary.queries}`],
    ['slowest', `${summary.slowestMs} ms (half within ${summary.p50} ms, 99 % within ${summary.p99} ms)`],
    ...outages.map(({node: name, seconds}) => [name, `${seconds.toFixed(1)} s out of the balancer`]),
    ['whole demo', `${((performance.now() - started) / 1000).toFixed(0)} s`],
  ]
  console.log(`\n${rows.map(([name, value]) => `  ${name.padEnd(18)} ${value}`).join('\n')}\n`)
  if (flags.keep) console.log(howToPlay())
  return flags['no-drain'] ? lost > 0 : lost === 0
}

function howToPlay() {
  const node = quote(process.execPath)
  const gha = `${node} ${quote(path.join(root, 'bin', 'run.js'))}`
  return `It is still running. Play with it:
  cd ${quote(clusterFolder)}
  ${gha} status
  ${gha} rollout --dry-run      # after you have changed a setting in gha.yaml
  ssh -F ${quote(sandbox.ssh.configFile)} gf1 grafana-service status
  ${sandbox.url} in a browser: admin, with the password in secrets/admin_password
Take it down:
  ${node} ${quote(path.join(root, 'test/sandbox/cli.ts'))} down ${quote(directory)}
`
}

function quote(word) {
  return /^[\w/.:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

async function takeDown() {
  if (flags.keep && !interrupted && process.exitCode !== 1) return
  for (const child of children) child.kill('SIGTERM')
  if (sandbox?.stop) await sandbox.stop()
  else if (flags.keep) {
    spawnSync(process.execPath, ['--no-warnings', path.join(root, 'test/sandbox/cli.ts'), 'down', directory])
  }
  if (process.exitCode === 0 || interrupted) rmSync(directory, {recursive: true, force: true})
  else say(`logs are in ${directory}`)
}

async function gha(words, shown = words.join(' ')) {
  console.log(`\n$ gha ${shown}`)
  const cwd = existsSync(clusterFolder) ? clusterFolder : root
  await run(process.execPath, [path.join(root, 'bin', 'run.js'), ...words], {cwd}).finished
}

function node(words, options) {
  return run(process.execPath, ['--no-warnings', ...words], options).finished
}

/** @returns the child, and its standard output once it ended well. */
function run(program, words, {quiet = false, cwd = root} = {}) {
  if (interrupted) throw new Error('interrupted')
  const child = spawn(program, words, {cwd, stdio: ['ignore', quiet ? 'pipe' : 'inherit', 'inherit']})
  children.add(child)
  let output = ''
  child.stdout?.on('data', chunk => {
    output += chunk
  })
  const finished = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      children.delete(child)
      if (code === 0) resolve(output)
      else
        reject(new Error(`${path.basename(words.find(word => !word.startsWith('-')) ?? program)} ended with ${code}`))
    })
  })
  finished.catch(() => undefined)
  return {child, finished}
}

function say(text) {
  process.stderr.write(`demo: ${text}\n`)
}
