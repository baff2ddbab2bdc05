import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {fatalLines} from '../../../src/lib/facts/fatal-lines.ts'
import {service} from '../../../src/lib/facts/service.ts'
import type {Node} from '../../../src/lib/model/node.ts'
import {aNode} from '../../support/a-cluster.ts'
import {askHere} from '../../support/observed.ts'
import {programsIn} from '../../support/programs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gha-log-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const COMMAND: Node['service'] = {manager: 'command', stop: ['true'], restart: ['true'], status: ['true']}
const inFile = (...lines: readonly string[]) =>
  writeFileSync(path.join(folder, 'grafana.log'), lines.map(line => `${line}\n`).join(''))
const look = (manager: Node['service'] = COMMAND, programs: Readonly<Record<string, string>> = {}) => {
  const node = aNode({service: manager, paths: {...aNode().paths, logs: folder}})
  const both = {ask: (asked: Parameters<typeof service.ask>[0]) => service.ask(asked) + fatalLines.ask(asked)}
  return askHere({...both, read: fatalLines.read}, {node, programs: programsIn(folder, programs)})
}

describe('fatal lines', () => {
  it('are found in the file, with their time and none of their words', async () => {
    inFile(
      'logger=migrator t=2026-11-21T09:00:00.5Z level=error msg="Executing migration failed" id=x password=hunter2',
      't=2019-04-24T13:03:21+0000 lvl=eror msg="Executing migration failed" logger=migrator',
      '{"t":"2026-11-21T09:00:01+01:00","msg":"Failed to provision dashboard"}',
      'logger=context t=2026-11-21T09:00:02Z level=error msg="panic: in a request, and caught"',
    )
    const seen = await look()
    expect(seen).toEqual({
      known: true,
      value: [
        {id: 'migration-failed', at: Date.parse('2026-11-21T09:00:00.5Z') / 1000},
        {id: 'migration-failed', at: Date.parse('2019-04-24T13:03:21Z') / 1000},
        {id: 'dashboards-not-provisioned', at: Date.parse('2026-11-21T08:00:01Z') / 1000},
      ],
    })
    expect(JSON.stringify(seen)).not.toContain('hunter2')
  })

  it('are asked of the journal for the one process', async () => {
    const programs = {
      systemctl: `echo MainPID=${process.pid}; echo ActiveState=active`,
      journalctl: `case "$*" in *_PID=${process.pid}) echo '1800000000.25 gf1 grafana[7]: panic: nil map' ;; esac; echo '1800000000.5 gf1 grafana[7]: up'`,
    }
    expect(await look({manager: 'systemd', unit: 'grafana-server'}, programs)).toEqual({
      known: true,
      value: [{id: 'crash', at: 1_800_000_000.25}],
    })
  })

  it('are asked of the container', async () => {
    const docker = `case $1 in inspect) echo 'running 0 no' ;; logs) echo '2026-11-21T09:00:00.123456789Z fatal error: out of memory' ;; esac`
    expect(await look({manager: 'docker', container: 'grafana'}, {docker})).toMatchObject({value: [{id: 'crash'}]})
  })

  it('are none in a log without them', async () => {
    inFile('t=2026-11-21T09:00:00Z level=info msg="HTTP Server Listen"')
    expect(await look()).toEqual({known: true, value: []})
  })

  it('are unknown where there is no log, or an empty one', async () => {
    expect(await look()).toMatchObject({known: false})
    inFile()
    expect(await look()).toMatchObject({known: false})
  })

  it('are the newest, whatever an earlier process said', async () => {
    const old = Array(90).fill('t=2026-11-20T09:00:00Z msg="cannot execute INSERT in a read-only transaction"')
    inFile(...old, 't=2026-11-21T09:00:00Z msg="Executing migration failed"')
    const seen = await look()
    expect(seen.known && seen.value.at(-1)).toEqual({
      id: 'migration-failed',
      at: Date.parse('2026-11-21T09:00:00Z') / 1000,
    })
  })

  it('are found behind whatever stands before them in a long line', async () => {
    const error = 'x'.repeat(2000)
    inFile(`{"error":"${error}","level":"error","msg":"Failed to provision dashboard","t":"2026-11-21T09:00:00Z"}`)
    expect(await look()).toEqual({
      known: true,
      value: [{id: 'dashboards-not-provisioned', at: Date.parse('2026-11-21T09:00:00Z') / 1000}],
    })
  })

  it('are no more than fifty of one log', async () => {
    inFile(...Array(90).fill('t=2026-11-21T09:00:00Z msg="Executing migration failed"'))
    const seen = await look()
    expect(seen.known && seen.value.length).toBe(50)
  })
})
