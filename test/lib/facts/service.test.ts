import {type ChildProcess, spawn} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {service} from '../../../src/lib/facts/service.ts'
import {aNode} from '../../support/a-cluster.ts'
import {askHere} from '../../support/observed.ts'
import {programsIn} from '../../support/programs.ts'

let folder: string
let running: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gha-service-'))
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running = []
  rmSync(folder, {recursive: true})
})

/** A process with Grafana's name and words that only sleeps. */
async function grafana(...words: string[]): Promise<number> {
  const binary = path.join(folder, 'home', 'bin', 'grafana')
  mkdirSync(path.dirname(binary), {recursive: true})
  copyFileSync(process.execPath, binary)
  const child = spawn(binary, ['-e', 'setTimeout(() => {}, 30000); console.log(1)', '--', 'server', ...words], {
    env: {GF_SECURITY_ADMIN_PASSWORD: 'planted-secret', GF_SERVER_HTTP_PORT: '3000', OTHER: '1'},
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  running.push(child)
  await new Promise(resolve => child.stdout?.once('data', resolve))
  return child.pid ?? 0
}

const commandNode = (status: readonly [string, ...string[]]) =>
  aNode({
    service: {manager: 'command', stop: ['true'], restart: ['true'], status},
    paths: {...aNode().paths, home: path.join(folder, 'home'), config: path.join(folder, 'etc', 'grafana.ini')},
  })

describe('the service fact', () => {
  it('finds the process of a command-managed Grafana by its words, not the shell that asks', async () => {
    const config = path.join(folder, 'etc', 'grafana.ini')
    const pid = await grafana(`--config=${config}`)
    const seen = await askHere(service, {node: commandNode(['echo', 'up and', 'running'])})
    expect(seen).toMatchObject({
      known: true,
      value: {state: 'active', words: 'up and running', process: {pid, configFile: config}},
    })
    if (!seen.known) return
    expect(Math.abs((seen.value.process?.startedAt ?? 0) - Date.now() / 1000)).toBeLessThan(20)
    expect(seen.value.process?.environment).toEqual(['GF_SECURITY_ADMIN_PASSWORD', 'GF_SERVER_HTTP_PORT'])
    expect(JSON.stringify(seen)).not.toContain('planted-secret')
  })

  it('takes what a wrapper started for Grafana, not the wrapper with the same words', async () => {
    const config = `--config=${path.join(folder, 'etc', 'grafana.ini')}`
    const text = '"$0" -e "setTimeout(() => {}, 30000); console.log(process.pid)" -- server "$1" & wait'
    const wrapper = spawn('/bin/sh', ['-c', text, process.execPath, config], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    try {
      const pid = Number(await new Promise(resolve => wrapper.stdout.once('data', resolve)))
      const seen = await askHere(service, {node: commandNode(['true'])})
      expect(seen.known && seen.value.process).toMatchObject({pid, parent: wrapper.pid})
    } finally {
      process.kill(-(wrapper.pid ?? 0), 'SIGKILL')
    }
  })

  it('is inactive where no such process runs', async () => {
    expect(await askHere(service, {node: commandNode(['false'])})).toMatchObject({
      value: {state: 'inactive', words: 'status exits 1'},
    })
  })

  it('reads systemd, and the names that its files would give the next start', async () => {
    const pid = await grafana('--homepath=/opt/g')
    const file = path.join(folder, 'grafana-server')
    writeFileSync(file, 'CONF_DIR=/etc\nGF_SERVER_ROOT_URL=planted-secret\n  export GF_X=1\n#GF_OFF=1\n')
    const programs = programsIn(folder, {
      systemctl: `printf '%s\\n' LoadState=loaded ActiveState=active SubState=running MainPID=${pid} UnitFileState=enabled \\
'EnvironmentFiles=${file} (ignore_errors=no)' 'Environment=A=1 "GF_AUTH_TOKEN=planted-secret" GF_USERS_X=2'`,
    })
    const seen = await askHere(service, {programs})
    expect(seen).toMatchObject({
      known: true,
      value: {
        state: 'active',
        words: 'active (running)',
        atBoot: true,
        process: {pid, configFile: '/opt/g/conf/custom.ini'},
        configured: [
          {name: 'GF_SERVER_ROOT_URL', from: file},
          {name: 'GF_X', from: file},
          {name: 'GF_AUTH_TOKEN', from: 'grafana-server'},
          {name: 'GF_USERS_X', from: 'grafana-server'},
        ],
      },
    })
    expect(JSON.stringify(seen)).not.toContain('planted-secret')
  })

  it('knows a unit that does not exist', async () => {
    const programs = programsIn(folder, {
      systemctl: "printf '%s\\n' LoadState=not-found ActiveState=inactive SubState=dead MainPID=0",
    })
    expect(await askHere(service, {programs})).toMatchObject({value: {state: 'absent'}})
  })

  it('is unknown where systemd does not answer', async () => {
    const programs = programsIn(folder, {systemctl: 'exit 1'})
    expect(await askHere(service, {programs})).toMatchObject({known: false})
  })

  describe('of docker', () => {
    const node = aNode({service: {manager: 'docker', container: 'grafana'}})
    const seen = (docker: string) => askHere(service, {node, programs: programsIn(folder, {docker})})

    it('reads a container, its process and its mounts', async () => {
      const pid = await grafana('--homepath=/usr/share/grafana', '--config=/etc/grafana/grafana.ini')
      const says = [
        `state running ${pid} unless-stopped`,
        'network-mode host',
        'network host',
        'init false',
        'links 0',
        'mount bind\t\t/etc/grafana\t/etc/grafana',
        'label com.docker.compose.project',
      ]
      expect(await seen(`printf '%b\\n' ${says.map(line => `'${line}'`).join(' ')}`)).toMatchObject({
        value: {
          state: 'active',
          atBoot: true,
          process: {pid, configFile: '/etc/grafana/grafana.ini'},
          container: {
            owner: 'docker compose',
            networks: ['host'],
            mounts: [{type: 'bind', name: '', source: '/etc/grafana', destination: '/etc/grafana'}],
          },
        },
      })
    })

    it('knows a container that does not exist', async () => {
      const absent = 'echo "Error: No such container: grafana" >&2; exit 1'
      expect(await seen(absent)).toMatchObject({value: {state: 'absent', words: 'no such container'}})
    })

    it('is unknown, in the words of docker, where its daemon does not answer', async () => {
      const dead = 'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1'
      expect(await seen(dead)).toMatchObject({
        known: false,
        reason: 'docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
      })
    })
  })
})
