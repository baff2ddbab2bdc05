import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {readNginx} from '../../src/lib/adapters/nginx/host-script.ts'
import {type Daemon, startDaemon} from '../support/daemon.ts'
import {freePort} from '../support/free-port.ts'
import {LocalHost} from '../support/local-host.ts'

/** As on a host of which a container runs another nginx: it has an older process there. */
describe.runIf(process.getuid?.() === 0)('nginx beside one in a container', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'elsewhere-'))
  const daemons: Daemon[] = []
  const start = async (name: string, ...before: readonly string[]) => {
    const port = await freePort('127.0.0.1')
    const file = path.join(folder, `${name}.conf`)
    const listens = `http { access_log off; server { listen 127.0.0.1:${port}; return 204; } }`
    writeFileSync(file, `pid ${folder}/${name}.pid; error_log stderr; events {} ${listens}\n`)
    const ready = () => fetch(`http://127.0.0.1:${port}/`)
    daemons.push(await startDaemon({argv: [...before, 'nginx', '-c', file, '-g', 'daemon off;'], ready}))
  }
  beforeAll(async () => {
    await start('theirs', 'unshare', '--pid', '--fork', '--kill-child')
    await start('ours')
  })
  afterAll(async () => {
    for (const daemon of daemons) await daemon.stop()
    rmSync(folder, {recursive: true})
  })

  it("is the host's own", async () => {
    const file = path.join(folder, 'ours.conf')
    // Whatever runs besides on this machine: only these two have the folder in their title.
    const seen = await new LocalHost('lb1').run(
      readNginx({path: file, validate: ['true'], reload: ['true', '-c', folder], hostNames: []}),
    )
    const parents = seen.workers.map(
      ({pid}) => / (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!)?.[1],
    )
    expect(new Set(parents)).toEqual(new Set([String(daemons[1]?.pid)]))
  })
})
