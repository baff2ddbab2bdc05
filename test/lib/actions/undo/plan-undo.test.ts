import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {planUndo} from '../../../../src/lib/actions/undo/plan-undo.ts'
import type {Cluster} from '../../../../src/lib/model/cluster.ts'
import {sha256} from '../../../../src/lib/model/digest.ts'
import {formatVersion, versionOf} from '../../../../src/lib/model/version.ts'
import type {JournalEvent} from '../../../../src/lib/ports/journal.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {renderNode} from '../../../../src/lib/render/render-node.ts'
import {undoText} from '../../../../src/lib/report/undo.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {FakeClock, FakeHosts} from '../../../support/fake-ports.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'
import {LocalHost} from '../../../support/local-host.ts'

const NAMES = ['gf1', 'gf2']
const MATERIAL = {database: {}, provisioning: []} as unknown as Parameters<typeof renderNode>[2]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-undo-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

function clusterAt(version: string): Cluster {
  const nodes = NAMES.map(name => aNode({name, paths: {...aNode().paths, state: path.join(folder, name)}}))
  const cluster = aCluster({nodes})
  return {...cluster, grafana: {...cluster.grafana, version: versionOf(version)}}
}

/** Lays a release of that version on the node, its ini changed by hand of a former gha.yaml. */
function keep(name: string, version: string, change: (ini: string) => string = ini => ini): void {
  const cluster = clusterAt(version)
  const node = cluster.nodes.find(candidate => candidate.name === name)
  if (!node) throw new Error(name)
  const release = path.join(folder, name, 'releases', `${version}-old`)
  mkdirSync(path.join(release, 'files'), {recursive: true})
  const lines = renderNode(cluster, node, MATERIAL).map(({path: place, access, content}, index) => {
    const text = index === 0 ? change(content.reveal()) : content.reveal()
    writeFileSync(path.join(release, 'files', String(index)), text)
    return `file\t${index}\t${access}\t${sha256(text)}\t${place}\n`
  })
  writeFileSync(path.join(release, 'manifest'), `version\t${version}\n${lines.join('')}`)
}

/** Ports in which one run went from the old version to the new. */
function portsAfter({from, to, step = 'none'}: {readonly from: string; readonly to: string; readonly step?: string}) {
  const events: Omit<JournalEvent, 'at' | 'run' | 'n'>[] = [
    {
      type: 'run-started',
      outline: {verb: 'rollout', reason: 'gha rollout', by: 'ann@desk', from, to, step, nodes: NAMES},
    },
    ...NAMES.flatMap(node => [
      {type: 'staged', node, releases: {from: `${from}-old`, to: `${to}-new`}} as const,
      {type: 'step-started', node, step: 'activate'} as const,
    ]),
    {type: 'run-ended', detail: 'done', outcomes: {}},
  ]
  const cluster = clusterAt(to)
  const files = new MemoryFiles()
  const text = events.map((event, n) => JSON.stringify({at: n, run: 'r1', n, ...event})).join('\n')
  files.put(path.join(path.dirname(cluster.file), '.gha', cluster.name, 'runs', 'r1.jsonl'), text, 0o600)
  const hosts = new FakeHosts(Object.fromEntries(NAMES.map(name => [name, new LocalHost(name)])))
  return {cluster, ports: {files, hosts, clock: new FakeClock()} as unknown as Ports}
}

describe('planning an undo', () => {
  it('finds version and releases from before on the nodes', async () => {
    for (const name of NAMES) keep(name, '12.1.0')
    const {cluster, ports} = portsAfter({from: '12.1.0', to: '12.1.1'})
    const undo = await planUndo(cluster, ports, MATERIAL)
    expect(formatVersion(undo.cluster.grafana.version)).toBe('12.1.0')
    expect([...undo.back.wishes].map(([name, {release}]) => `${name} ${release.id}`)).toEqual([
      'gf1 12.1.0-old',
      'gf2 12.1.0-old',
    ])
    expect(undo).toMatchObject({runs: ['r1'], comesAgain: [], back: {step: {kind: 'none'}}})
  })

  it('says what gha.yaml still wishes otherwise, without a secret of either time', async () => {
    keep('gf1', '12.1.0', ini => `${ini}\n[plugin.x]\nodd_name = s3cr3t-of-then\n[users]\nallow_sign_up = true\n`)
    keep('gf2', '12.1.0')
    const {cluster, ports} = portsAfter({from: '12.1.0', to: '12.1.1'})
    const text = undoText(await planUndo(cluster, ports, MATERIAL))
    expect(text).toContain('Going back to what the nodes were before run r1.')
    expect(text).toContain('the next `gha rollout` brings this again:\n  gf1 /etc/grafana/grafana.ini')
    expect(text).toContain('odd_name')
    expect(text).not.toContain('s3cr3t-of-then')
    expect(text).not.toContain(cluster.database.password.reveal())
    expect(text).not.toContain('gf2 /')
  })

  it('goes back over an additive step, and forward again', async () => {
    for (const name of NAMES) keep(name, '12.1.0')
    const {cluster, ports} = portsAfter({from: '12.1.0', to: '12.2.0', step: 'additive'})
    expect((await planUndo(cluster, ports, MATERIAL)).back.step.kind).toBe('additive')
    for (const name of NAMES) keep(name, '12.2.0')
    const again = portsAfter({from: '12.2.0', to: '12.1.0', step: 'additive'})
    expect((await planUndo(again.cluster, again.ports, MATERIAL)).back.step.kind).toBe('additive')
  })

  it('is refused over a migration that had the database alone, with the reason', async () => {
    for (const name of NAMES) keep(name, '12.3.0')
    const {cluster, ports} = portsAfter({from: '12.3.0', to: '12.4.0', step: 'single-writer'})
    await expect(planUndo(cluster, ports, MATERIAL)).rejects.toMatchObject({
      code: 'UNDO_OVER_MIGRATION',
      exit: 'unsupported',
      message: expect.stringContaining('12.4 moves folders, dashboards and playlists to new tables'),
    })
  })

  it('is refused where the release from before is gone, or another on each node', async () => {
    keep('gf1', '12.1.0')
    const {cluster, ports} = portsAfter({from: '12.1.0', to: '12.1.1'})
    await expect(planUndo(cluster, ports, MATERIAL)).rejects.toMatchObject({code: 'RELEASE_MISSING', node: 'gf2'})
    mkdirSync(path.join(folder, 'gf2', 'releases', '12.1.0-old'), {recursive: true})
    writeFileSync(path.join(folder, 'gf2', 'releases', '12.1.0-old', 'manifest'), 'version\t12.0.0\n')
    await expect(planUndo(cluster, ports, MATERIAL)).rejects.toMatchObject({code: 'UNDO_MIXED'})
  })

  it('has nothing to go back to where no run is remembered', async () => {
    const {cluster, ports} = portsAfter({from: '12.1.0', to: '12.1.1'})
    const empty = {...ports, files: new MemoryFiles()} as Ports
    await expect(planUndo(cluster, empty, MATERIAL)).rejects.toMatchObject({code: 'UNDO_NOTHING'})
  })
})
