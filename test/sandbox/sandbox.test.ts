import {spawn, spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import net from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {afterEach, describe, expect, it} from 'vitest'
import {eventually} from '../support/eventually.ts'
import {clearLeftovers, marked, ownerOf} from './leftovers.ts'
import {type Sandbox, startSandbox} from './sandbox.ts'

const folders: string[] = []
const sandboxes: Sandbox[] = []

afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.stop()
  for (const folder of folders.splice(0)) {
    await clearLeftovers(folder)
    rmSync(folder, {recursive: true})
  }
})

function aFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-sandbox-')))
  folders.push(folder)
  return folder
}

async function aSandbox(nodes = 1): Promise<Sandbox> {
  const sandbox = await startSandbox({directory: aFolder(), nodes})
  sandboxes.push(sandbox)
  return sandbox
}

async function ssh(sandbox: Pick<Sandbox, 'ssh'>, host: string, command: string) {
  const child = spawn('ssh', ['-F', sandbox.ssh.configFile, host, command], {stdio: ['ignore', 'pipe', 'pipe']})
  const status = new Promise(resolve => child.on('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return {status: await status, out, err}
}

/** Stands where gha puts Grafana: a program that lives until it is told to stop. */
function putGrafana(home: string): void {
  mkdirSync(path.join(home, 'release', 'bin'), {recursive: true})
  const program = '#!/bin/sh\ntrap "exit 0" TERM\necho "$@"\nwhile :; do sleep 0.1; done\n'
  writeFileSync(path.join(home, 'release', 'bin', 'grafana'), program, {mode: 0o755})
  symlinkSync('release', path.join(home, 'grafana'))
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(port, host, () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

describe('the sandbox', () => {
  it('gives every host an SSH end, and lets two of it run side by side', async () => {
    const first = await aSandbox(2)
    const second = await aSandbox(1)
    expect(first.ssh.port).not.toBe(second.ssh.port)
    const lines = await Promise.all(['lb', 'gf1', 'gf2'].map(host => ssh(first, host, 'pwd')))
    expect(lines.map(line => line.out.trim())).toEqual([first.balancer.home, ...first.nodes.map(node => node.home)])
    expect(await ssh(second, 'gf1', 'pwd')).toMatchObject({out: `${second.nodes[0]?.home}\n`})
  })

  it('runs Grafana as a service that outlives the connection', async () => {
    const sandbox = await aSandbox()
    const home = sandbox.nodes[0]?.home ?? ''
    const service = `${home}/bin/grafana-service`
    expect((await ssh(sandbox, 'gf1', `${service} status`)).status).toBe(3)
    expect(await ssh(sandbox, 'gf1', `${service} start`)).toMatchObject({
      status: 1,
      err: `no Grafana at ${home}/grafana\n`,
    })
    putGrafana(home)
    expect(await ssh(sandbox, 'gf1', `${service} start`)).toMatchObject({status: 0, err: ''})
    expect(await ssh(sandbox, 'gf1', `${service} status`)).toMatchObject({status: 0, out: 'running\n'})
    const before = readFileSync(`${home}/grafana.pid`, 'utf8')
    expect((await ssh(sandbox, 'gf1', `${service} start && ${service} restart`)).status).toBe(0)
    expect(readFileSync(`${home}/grafana.pid`, 'utf8')).not.toBe(before)
    expect((await ssh(sandbox, 'gf1', `${service} stop && ${service} status`)).status).toBe(3)
  })

  it('ends all it started, also what lives on its own', async () => {
    const sandbox = await aSandbox()
    putGrafana(sandbox.nodes[0]?.home ?? '')
    await ssh(sandbox, 'gf1', 'grafana-service start')
    expect(marked(sandbox.directory)).not.toEqual([])
    await sandbox.stop()
    expect(marked(sandbox.directory)).toEqual([])
    expect(await isListening('127.0.0.1', sandbox.postgres.port)).toBe(false)
  })

  it('goes up and down as a command, refuses a folder in use, and is cleared after a crash', async () => {
    const folder = aFolder()
    const cli = (...words: string[]) =>
      spawnSync(process.execPath, ['--no-warnings', path.join(import.meta.dirname, 'cli.ts'), ...words], {
        encoding: 'utf8',
      })
    const up = cli('up', folder, '--nodes', '1')
    expect(up.stderr).toBe('')
    const sandbox = JSON.parse(up.stdout) as Sandbox
    expect(cli('up', folder)).toMatchObject({status: 1, stderr: expect.stringContaining('already runs')})
    await ssh(sandbox, 'gf1', 'setsid sleep 300 </dev/null >/dev/null 2>&1 &')
    process.kill(ownerOf(folder) ?? 0, 'SIGKILL')
    await eventually('PostgreSQL ends', 20_000, async () => !(await isListening('127.0.0.1', sandbox.postgres.port)))
    expect(marked(folder)).toEqual([])
    expect(cli('up', folder, '--nodes', '1').status).toBe(0)
    expect(cli('down', folder)).toMatchObject({status: 0, stderr: ''})
    expect(ownerOf(folder)).toBeUndefined()
  })
})
