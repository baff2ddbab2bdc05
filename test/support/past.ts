import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Cluster} from '../../src/lib/model/cluster.ts'
import {sha256} from '../../src/lib/model/digest.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import type {JournalEvent} from '../../src/lib/ports/journal.ts'
import type {Ports} from '../../src/lib/ports/ports.ts'
import {renderNode} from '../../src/lib/render/render-node.ts'
import {aCluster, aNode} from './a-cluster.ts'
import {FakeClock, FakeHosts} from './fake-ports.ts'
import {MemoryFiles} from './local-fakes.ts'
import {LocalHost} from './local-host.ts'

const NAMES = ['gf1', 'gf2']
export const MATERIAL = {database: {}, provisioning: []} as unknown as Parameters<typeof renderNode>[2]

export interface PastRun {
  readonly from: string
  readonly to: string
  readonly step?: string
  readonly verb?: string
  /** It was cut in the turn of the first node. */
  readonly cut?: true
}

/** Two nodes as folders of this machine, with the releases and the journal that a run has left. */
export class Past {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'gha-past-'))

  clusterAt(version: string): Cluster {
    const nodes = NAMES.map(name => aNode({name, paths: {...aNode().paths, state: path.join(this.folder, name)}}))
    const cluster = aCluster({nodes})
    return {...cluster, grafana: {...cluster.grafana, version: versionOf(version)}}
  }

  /** Lays a release of that version on every node. */
  keep(version: string): void {
    for (const name of NAMES) this.keepOn(name, version)
  }

  /** Lays one on that node, its ini changed by hand of a former gha.yaml. */
  keepOn(name: string, version: string, change: (ini: string) => string = ini => ini): void {
    const cluster = this.clusterAt(version)
    const node = cluster.nodes.find(candidate => candidate.name === name)
    if (!node) throw new Error(name)
    const release = path.join(this.folder, name, 'releases', `${version}-old`)
    mkdirSync(path.join(release, 'files'), {recursive: true})
    const lines = renderNode(cluster, node, MATERIAL).map(({path: place, access, content}, index) => {
      const text = index === 0 ? change(content.reveal()) : content.reveal()
      writeFileSync(path.join(release, 'files', String(index)), text)
      return `file\t${index}\t${access}\t${sha256(text)}\t${place}\n`
    })
    writeFileSync(path.join(release, 'manifest'), `version\t${version}\n${lines.join('')}`)
  }

  /** The cluster as the last of these runs wished it, and ports in which they are remembered: `r1`, `r2`… */
  after(...runs: readonly PastRun[]): {readonly cluster: Cluster; readonly ports: Ports} {
    const cluster = this.clusterAt(runs.at(-1)?.to ?? '')
    const files = new MemoryFiles()
    for (const [index, past] of runs.entries()) {
      const run = `r${index + 1}`
      const text = eventsOf(past)
        .map((event, n) => JSON.stringify({at: n, run, n, ...event}))
        .join('\n')
      files.put(path.join(path.dirname(cluster.file), '.gha', cluster.name, 'runs', `${run}.jsonl`), text, 0o600)
    }
    const hosts = new FakeHosts(Object.fromEntries(NAMES.map(name => [name, new LocalHost(name)])))
    return {cluster, ports: {files, hosts, clock: new FakeClock()} as unknown as Ports}
  }

  remove(): void {
    rmSync(this.folder, {recursive: true})
  }
}

function eventsOf({from, to, step = 'none', verb = 'rollout', cut}: PastRun) {
  const events: readonly Omit<JournalEvent, 'at' | 'run' | 'n'>[] = [
    {type: 'run-started', outline: {verb, reason: `gha ${verb}`, by: 'ann@desk', from, to, step, nodes: NAMES}},
    ...NAMES.map(
      node =>
        ({
          type: 'staged',
          node,
          releases: {from: `${from}-old`, to: `${to}-${verb === 'undo' ? 'old' : 'new'}`},
        }) as const,
    ),
    ...NAMES.map(node => ({type: 'step-started', node, step: 'activate'}) as const),
    {type: 'run-ended', detail: 'done', outcomes: {}},
  ]
  return cut ? events.slice(0, -2) : events
}
