import {spawnSync} from 'node:child_process'
import {parseArgs} from 'node:util'
import {ensureBase} from './base/base.ts'
import {bringDown, removeAbandoned} from './down.ts'
import {inHost, leaderOf} from './hosts/host.ts'
import {openLab, upLab} from './lab.ts'
import {namespaceFile, stateFile} from './layout.ts'
import {SERVERS} from './servers/servers.ts'
import {labNames, readState} from './state.ts'
import {hostsOf} from './up.ts'

const USAGE = `npm run lab -- up [--nodes N] [--name NAME] [--grafana-debs FOLDER]
npm run lab -- down [--name NAME | --all]
npm run lab -- status [--name NAME] [--json]
npm run lab -- sh [--name NAME] HOST|operator [COMMAND…]
npm run lab -- node add|remove|on|off|cut|reboot [NODE] [--name NAME]
npm run lab -- base`

const NODE_VERBS = {
  add: 'addNode',
  remove: 'removeNode',
  rm: 'removeNode',
  on: 'powerOn',
  off: 'powerOff',
  cut: 'cutPower',
  reboot: 'reboot',
} as const

const [verb, ...words] = process.argv.slice(2)
const interrupted = new AbortController()
// Every signal means the same: take back what was begun. A second one does not make that quicker.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())

try {
  process.exitCode = await main()
} catch (error) {
  say(interrupted.signal.aborted ? 'interrupted; nothing of the lab is left' : (error as Error).message)
  process.exitCode = interrupted.signal.aborted ? 130 : 1
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) throw new Error('the lab needs root')
  if (verb === 'up') return up()
  if (verb === 'down') return down()
  if (verb === 'status') return status()
  if (verb === 'sh') return shell()
  if (verb === 'node') return node()
  if (verb === 'base') return base()
  process.stderr.write(`${USAGE}\n`)
  return 2
}

async function up(): Promise<number> {
  const {values} = parseArgs({
    args: words,
    options: {
      nodes: {type: 'string', default: '3'},
      name: {type: 'string', default: 'lab'},
      'grafana-debs': {type: 'string'},
    },
  })
  const nodes = Number(values.nodes)
  if (!Number.isInteger(nodes) || nodes < 0) throw new Error(`not a number of nodes: ${values.nodes}`)
  const started = performance.now()
  const options = {nodes, name: values.name, grafanaDebs: values['grafana-debs'], owner: 'nobody' as const}
  await upLab({...options, say, signal: interrupted.signal})
  say(
    `lab ${values.name} is up after ${((performance.now() - started) / 1000).toFixed(1)} s; all about it: ${stateFile(values.name)}`,
  )
  return show(values.name)
}

async function down(): Promise<number> {
  const {values} = parseArgs({
    args: words,
    options: {name: {type: 'string', default: 'lab'}, all: {type: 'boolean', default: false}},
  })
  if (values.all) await removeAbandoned(say)
  for (const name of values.all ? labNames() : [values.name]) await bringDown(name)
  return 0
}

async function status(): Promise<number> {
  const {values} = parseArgs({
    args: words,
    options: {name: {type: 'string', default: 'lab'}, json: {type: 'boolean', default: false}},
  })
  if (!values.json) return show(values.name)
  process.stdout.write(`${JSON.stringify(readState(values.name), null, 2)}\n`)
  return 0
}

function show(name: string): number {
  const state = readState(name)
  for (const host of hostsOf(state)) line(host.name, host.address, leaderOf(name, host.name) ? 'running' : 'off')
  line('operator', state.operator.address, `ssh -F ${state.operator.sshConfig} HOST`)
  for (const server of SERVERS) line(server, `${state[server].host}:${state[server].port}`, '')
  line('packages', '', state.apt.packages.map(({name: pack, version}) => `${pack}=${version}`).join(' '))
  return 0
}

function line(...cells: readonly string[]): void {
  process.stdout.write(
    `${cells
      .map((cell, place) => (place < 2 ? cell.padEnd(16) : cell))
      .join('')
      .trimEnd()}\n`,
  )
}

/** What comes after the host belongs to the command, flags too. */
async function shell(): Promise<number> {
  const named = words[0] === '--name'
  const name = named ? (words[1] ?? '') : 'lab'
  const [host, ...command] = named ? words.slice(2) : words
  if (!host) throw new Error('which host? or operator')
  const argv = command.length > 0 ? command : ['bash']
  readState(name)
  const [program, ...rest] =
    host === 'operator'
      ? ['nsenter', `--net=${namespaceFile(name, 'operator')}`, '--', ...argv]
      : inHost(name, host, argv)
  const {status: code} = spawnSync(program ?? '', rest, {stdio: 'inherit'})
  return code ?? 1
}

async function node(): Promise<number> {
  const {values, positionals} = parseArgs({
    args: words,
    options: {name: {type: 'string', default: 'lab'}},
    allowPositionals: true,
  })
  const [what = '', host] = positionals
  const method = Object.entries(NODE_VERBS).find(([word]) => word === what)?.[1]
  if (!method) throw new Error(`what about the node? one of ${Object.keys(NODE_VERBS).join(', ')}`)
  const lab = openLab(values.name)
  if (method === 'addNode') await lab.addNode(host)
  else if (host) await lab[method](host)
  else throw new Error('which node?')
  return show(values.name)
}

/** Makes now what the first lab would wait for. */
async function base(): Promise<number> {
  await ensureBase(say, {signal: interrupted.signal})
  return 0
}

function say(text: string): void {
  process.stderr.write(`lab: ${text}\n`)
}
