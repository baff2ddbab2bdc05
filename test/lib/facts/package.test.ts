import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {packages} from '../../../src/lib/facts/package.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {askHere, recordsOf} from '../../support/observed.ts'
import {programsIn} from '../../support/programs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gha-package-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const dpkg = (row: string, madison = 'exit 1') =>
  askHere(packages, {programs: programsIn(folder, {'dpkg-query': `printf '%s\\n' '${row}'`, 'apt-cache': madison})})

/** What rpm has entered for grafana, and what dnf lists. */
const rpm = (entries: string, listed = 'exit 1', state = '/nowhere') =>
  askHere(packages, {
    cluster: aCluster({grafana: {install: {method: 'dnf', source: {type: 'node-repo'}}}}),
    node: aNode({paths: {...aNode().paths, state}}),
    programs: programsIn(folder, {
      rpm: `case "$*" in *enterprise) echo not installed; exit 1 ;; *) printf '${entries}' ;; esac`,
      dnf: listed,
    }),
  })

describe('the package fact', () => {
  it('reads what rpm has installed, whatever its release, and lists nothing where that is the wish', async () => {
    const seen = await rpm('grafana 12.1.0-4.el9\\n', 'echo 12.2.0-1')
    expect(seen).toMatchObject({
      value: {installed: {name: 'grafana', text: '12.1.0-4.el9', version: versionOf('12.1.0'), condition: 'whole'}},
    })
    expect(seen.known && seen.value.available).toBeUndefined()
  })

  it("lists what dnf could install otherwise, in Grafana's spelling", async () => {
    const listed = "printf '12.1.0-1\\n\\n12.0.2-01\\n12.0.2+security_02-1\\n13.0.0~beta1-1\\n'"
    expect(await rpm('package grafana is not installed\\n', listed)).toMatchObject({
      value: {available: ['12.1.0', '12.0.2+security-01', '12.0.2+security-02', '13.0.0-beta1']},
    })
  })

  it('knows a transaction of rpm that was cut: two entries, or the note that gha makes before', async () => {
    const broken = {value: {installed: {condition: 'broken'}}}
    expect(await rpm('grafana 12.0.0-1\\ngrafana 12.1.0-1\\n')).toMatchObject(broken)
    mkdirSync(path.join(folder, 'packages'))
    writeFileSync(path.join(folder, 'packages/unfinished'), '')
    expect(await rpm('grafana 12.1.0-1\\n', 'exit 1', folder)).toMatchObject(broken)
  })

  it('does not read the list of available versions where the wish is installed', async () => {
    const rows = 'hi  grafana 12.1.0\nun  grafana-enterprise '
    const seen = await dpkg(rows, 'echo "grafana | 12.1.0 | repo"')
    expect(seen).toMatchObject({
      known: true,
      value: {
        installed: {name: 'grafana', text: '12.1.0', version: versionOf('12.1.0'), condition: 'whole'},
      },
    })
    expect(seen.known && seen.value.available).toBeUndefined()
  })

  it('lists what apt could install otherwise', async () => {
    const seen = await dpkg('ii  grafana 12.0.2-01', 'printf "grafana | 12.1.0 | repo\\ngrafana | 12.0.2-01 | repo\\n"')
    expect(seen).toMatchObject({
      value: {installed: {version: versionOf('12.0.2+security-01')}, available: ['12.1.0', '12.0.2-01']},
    })
  })

  it('knows a package that was unpacked and not configured', async () => {
    expect(await dpkg('iF  grafana 12.1.0')).toMatchObject({value: {installed: {condition: 'broken'}}})
  })

  it('does not take the configuration of a removed package for the package', async () => {
    const seen = await dpkg('rc  grafana 12.1.0')
    expect(seen.known && seen.value.installed).toBeUndefined()
  })

  it('is unknown where the package manager of gha.yaml is missing', () => {
    expect(packages.read(recordsOf({}))).toMatchObject({known: false})
  })

  it('reads the version of an unpacked tarball', async () => {
    const home = path.join(folder, 'home')
    const cluster = aCluster({grafana: {install: {method: 'none'}}})
    const node = aNode({paths: {...aNode().paths, home}})
    expect(await askHere(packages, {cluster, node})).toEqual({
      known: true,
      value: {restartOnUpgrade: false, byOthers: true},
    })
    mkdirSync(home)
    writeFileSync(path.join(home, 'VERSION'), '12.0.2\n')
    expect(await askHere(packages, {cluster, node})).toMatchObject({
      value: {installed: {name: home, version: versionOf('12.0.2')}},
    })
  })

  it('reads the tag of a container image', () => {
    const seen = packages.read(
      recordsOf({'package.asked': 'docker', 'package.image': 'reg:5000/grafana/grafana:12.1.0'}),
    )
    expect(seen).toMatchObject({value: {installed: {version: versionOf('12.1.0')}}})
  })

  it('is unknown where docker does not answer', () => {
    expect(packages.read(recordsOf({'package.silent': 'docker'}))).toMatchObject({
      known: false,
      reason: 'docker does not answer on the node',
    })
  })

  it('reads RESTART_ON_UPGRADE from the environment file', () => {
    expect(packages.read(recordsOf({'package.asked': 'dpkg', 'package.restart': 'true'}))).toMatchObject({
      value: {restartOnUpgrade: true},
    })
  })
})
