import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {migratorLines} from '../../../src/lib/facts/migrator-lines.ts'
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
const AT = '2026-11-21T09:00:00.5Z'
const said = (message: string, logger = 'migrator') => `logger=${logger} t=${AT} level=info msg="${message}"`
const inFile = (...lines: readonly string[]) =>
  writeFileSync(path.join(folder, 'grafana.log'), lines.map(line => `${line}\n`).join(''))
const look = async (manager: Node['service'] = COMMAND, programs: Readonly<Record<string, string>> = {}) => {
  const node = aNode({service: manager, paths: {...aNode().paths, logs: folder}})
  const both = {ask: (asked: Parameters<typeof service.ask>[0]) => service.ask(asked) + migratorLines.ask(asked)}
  return askHere({...both, read: migratorLines.read}, {node, programs: programsIn(folder, programs)})
}
const wordsOf = async (...asked: Parameters<typeof look>) => {
  const seen = await look(...asked)
  return seen.known ? seen.value.map(({words}) => words) : seen.reason
}

describe('lines of the migrators', () => {
  it('are found in the file, each with its time', async () => {
    inFile(
      said('Starting DB migrations'),
      said('HTTP Server Listen', 'http.server'),
      `logger=unifiedstorage-migrator t=${AT} level=info msg="Executing migration" id="playlists migration"`,
      `{"level":"info","logger":"storage.unified.migration_runner.playlists","msg":"Migration progress","count":7,"t":"${AT}"}`,
      `logger=resource-migrator t=${AT} level=debug msg="Skipping migration: Already executed" id=x`,
      said('one that migrates nothing', 'emigrator.of'),
    )
    const at = Date.parse(AT) / 1000
    expect(await look()).toEqual({
      known: true,
      value: [
        {words: 'Starting DB migrations', as: 'progress', at},
        {words: 'Executing migration: id=playlists migration', as: 'progress', at},
        {words: 'Migration progress: count=7', as: 'progress', at},
      ],
    })
  })

  it('are asked of the journal for its unit, and not of the file too', async () => {
    inFile(said('in the file'))
    const programs = {
      systemctl: 'echo MainPID=0; echo ActiveState=activating',
      journalctl: `case "$*" in *-u' 'grafana-server) echo '${said('in the journal')}' ;; esac`,
    }
    expect(await wordsOf({manager: 'systemd', unit: 'grafana-server'}, programs)).toEqual(['in the journal'])
  })

  it('are those of the file where the journal has none, as with [log] mode = file', async () => {
    inFile(said('in the file'))
    const programs = {systemctl: 'echo MainPID=0', journalctl: 'exit 1'}
    expect(await wordsOf({manager: 'systemd', unit: 'grafana-server'}, programs)).toEqual(['in the file'])
  })

  it('are asked of the container', async () => {
    const docker = `case $1 in inspect) echo 'running 0 no' ;; logs) echo '${said('in the container')}' >&2 ;; esac`
    expect(await wordsOf({manager: 'docker', container: 'grafana'}, {docker})).toEqual(['in the container'])
  })

  it('are none where there is no log', async () => {
    expect(await look()).toEqual({known: true, value: []})
  })

  it('are the newest twenty, whatever is debugged besides', async () => {
    const debug = Array(50).fill(`logger=migrator t=${AT} level=debug msg="Executing sql migration"`)
    inFile(...Array.from({length: 30}, (_, place) => said(`migration ${place}`)), ...debug)
    expect(await wordsOf()).toEqual(Array.from({length: 20}, (_, place) => `migration ${place + 10}`))
  })
})
