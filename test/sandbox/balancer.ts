// Stands for HAProxy where there is none, with HAProxy's flags: -c -f FILE judges a configuration;
// -D -f FILE -p PIDFILE [-sf PID] starts in the background once it listens, and then lets PID finish what it has.
import {spawn} from 'node:child_process'
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import type http from 'node:http'
import type net from 'node:net'
import {ConfigError, readConfig} from './balancer/config.ts'
import {makePools} from './balancer/pool.ts'
import {makeProxy} from './balancer/proxy.ts'
import {route} from './balancer/route.ts'
import {makeRuntimeSocket, restoreStates} from './balancer/runtime-socket.ts'

const words = process.argv.slice(2)
const file = wordAfter('-f') ?? ''
const LEAVE_MS = 30_000

try {
  if (words.includes('-v')) console.log("gha's sandbox balancer, in the place of HAProxy")
  else if (words.includes('-c')) judge()
  else if (words.includes('-D')) await startInBackground()
  else await serve()
} catch (error) {
  if (!(error instanceof ConfigError) && (error as NodeJS.ErrnoException).code === undefined) throw error
  console.error(`[ALERT]    (${process.pid}) : config : ${(error as Error).message}`)
  process.exit(1)
}

function judge(): void {
  readConfig(readFileSync(file, 'utf8'))
  console.log('Configuration file is valid')
}

async function startInBackground(): Promise<void> {
  judge()
  const child = spawn(process.execPath, ['--no-warnings', import.meta.filename, '-f', file], {
    detached: true,
    // Nothing of the starter's stays open in the background: who waits for its output would wait for ever.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.stderr?.pipe(process.stderr)
  const isReady = await new Promise(resolve => {
    child.once('message', () => resolve(true))
    child.once('exit', () => resolve(false))
  })
  if (!isReady) process.exit(1)
  const pidFile = wordAfter('-p')
  if (pidFile) writeFileSync(pidFile, `${child.pid}\n`)
  const old = wordAfter('-sf')
  if (old) process.kill(Number(old), 'SIGUSR1')
  child.disconnect()
  child.stderr?.destroy()
  child.unref()
}

async function serve(): Promise<void> {
  const config = readConfig(readFileSync(file, 'utf8'))
  const pools = makePools(config)
  if (config.stateFile && existsSync(config.stateFile)) restoreStates(pools, readFileSync(config.stateFile, 'utf8'))
  const drain = process.env['GHA_SANDBOX_DRAIN'] === 'ignored' ? 'ignored' : 'obeyed'
  const proxies: http.Server[] = []
  for (const frontend of config.frontends) {
    for (const {host, port} of frontend.binds) {
      const proxy = makeProxy(path => route(frontend, path, pools))
      await listen(proxy, {host, port, reusePort: true})
      proxies.push(proxy)
    }
  }
  for (const path of config.sockets) {
    rmSync(path, {force: true})
    await listen(makeRuntimeSocket({pools, drain}), {path})
  }
  for (const server of pools.flatMap(pool => pool.servers)) server.startChecks()
  process.on('SIGUSR1', () => leave(proxies))
  process.on('SIGTERM', () => process.exit())
  process.stderr.on('error', () => undefined)
  process.send?.('ready')
}

/** Lets a newer process have the ports and ends with the last request. */
async function leave(proxies: readonly http.Server[]): Promise<void> {
  setTimeout(() => process.exit(), LEAVE_MS).unref()
  const closed = proxies.map(proxy => new Promise(resolve => proxy.close(resolve)))
  for (const proxy of proxies) proxy.closeIdleConnections()
  await Promise.all(closed)
  process.exit()
}

function listen(server: net.Server | http.Server, place: net.ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, () => resolve())
  })
}

function wordAfter(flag: string): string | undefined {
  const place = words.indexOf(flag)
  return place < 0 ? undefined : words[place + 1]
}
