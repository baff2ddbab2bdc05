import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {packPlugin} from '../../src/lib/actions/change/plugin-loads.ts'
import {files} from '../../src/lib/facts/files.ts'
import {state} from '../../src/lib/facts/state.ts'
import {readPluginArchive} from '../../src/lib/grafana/plugin-archive.ts'
import {activateRelease} from '../../src/lib/host/activate.ts'
import type {Activation} from '../../src/lib/host/activation.ts'
import {installMethod} from '../../src/lib/host/install/method.ts'
import {serviceControl} from '../../src/lib/host/service/control.ts'
import {stageRelease} from '../../src/lib/host/stage.ts'
import {sha256} from '../../src/lib/model/digest.ts'
import type {Node} from '../../src/lib/model/node.ts'
import {known} from '../../src/lib/model/observation.ts'
import type {Release} from '../../src/lib/model/release.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import {type Situation, situationOf} from '../../src/lib/plan/situation.ts'
import type {Wish} from '../../src/lib/plan/wish.ts'
import {publicFile} from '../../src/lib/render/rendered-file.ts'
import {aCluster, aNode} from './a-cluster.ts'
import {aPluginZip} from './a-plugin.ts'
import {aNodeObservation, aProcess} from './an-observation.ts'
import {LocalHost} from './local-host.ts'
import {askHere} from './observed.ts'

/** A swap that no dead man watches. */
export const UNGUARDED = {seconds: 60, guarded: false, migrates: false}

/** A node that is a folder: its service only writes down what it was asked, its packages are tiny archives. */
export class ShamNode {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'gha-sham-'))
  readonly #bin = path.join(this.folder, 'bin')
  readonly host = new LocalHost('gf1', {PATH: `${this.#bin}:${process.env.PATH}`})
  readonly state = path.join(this.folder, 'state', 'gf1')
  readonly home = path.join(this.folder, 'grafana')
  readonly log = path.join(this.folder, 'service.log')

  constructor() {
    writeFileSync(this.log, '')
  }

  get node(): Node {
    const note = (word: string) => ['/bin/sh', '-c', `echo ${word} >>"$0"`, this.log] as const
    const service = {
      manager: 'command',
      stop: note('stop'),
      restart: note('restart'),
      status: note('status'),
    } as const
    return aNode({service, paths: {...aNode().paths, home: this.home, state: this.state}})
  }

  activation(generation = 1): Activation {
    const cluster = aCluster({grafana: {install: {method: 'tarball', source: {type: 'push', directory: '/nowhere'}}}})
    return {
      state: this.state,
      lease: {run: `run-${generation}`, generation},
      install: installMethod(cluster, this.node),
      service: serviceControl(this.node.service, this.state),
    }
  }

  /** A release of one ini beside the home. */
  release(version: string, text: string): {readonly release: Release; readonly contents: readonly Uint8Array[]} {
    const content = `# Managed by gha. Edit gha.yaml instead.\n${text}\n`
    const file = {path: this.ini, access: 'service', sha256: sha256(content)} as const
    return {
      release: {id: `${version}-${text}`, version: versionOf(version), files: [file]},
      contents: [Buffer.from(content)],
    }
  }

  /** From now on whoever asks this node for the time hears of an earlier one. */
  setClockBack(seconds: number): void {
    const date = execFileSync('/bin/sh', ['-c', 'command -v date'], {encoding: 'utf8'}).trim()
    mkdirSync(this.#bin, {recursive: true})
    const earlier = `#!/bin/sh\nexec ${date} -d "@$(( $(${date} +%s) - ${seconds} ))" "$@"\n`
    writeFileSync(path.join(this.#bin, 'date'), earlier, {mode: 0o755})
  }

  get ini(): string {
    return path.join(this.folder, 'etc', 'grafana.ini')
  }

  archive(version: string): Uint8Array {
    const top = path.join(this.folder, 'pack', `grafana-${version}`)
    mkdirSync(path.join(top, 'bin'), {recursive: true})
    writeFileSync(path.join(top, 'VERSION'), version)
    return execFileSync('tar', ['-cz', '-C', path.dirname(top), `grafana-${version}`])
  }

  async stage(version: string, text: string) {
    const released = this.release(version, text)
    const archives = [{version, bytes: this.archive(version)}]
    return {...released, staged: await this.host.run(stageRelease({...this.activation(), ...released, archives}))}
  }

  /** `seen`: the sum of what the plan saw in place of the ini. */
  async bringUp(version: string, text: string, seen?: string) {
    const {release, staged} = await this.stage(version, text)
    await this.host.run(activateRelease(this.activation(), {release, seen: new Map([[this.ini, seen]]), ...UNGUARDED}))
    return {release, staged}
  }

  /** A release of these files alone, by their names below the node's folder. */
  wish(name: string, files: Readonly<Record<string, string>>): Wish {
    const wished = Object.entries(files).map(([place, text]) => publicFile(path.join(this.folder, place), text))
    const listed = wished.map(({path: place, access, content}) => ({
      path: place,
      access,
      sha256: sha256(content.reveal()),
    }))
    return {release: {id: `12.1.0-${name}`, version: versionOf('12.1.0'), files: listed}, files: wished}
  }

  /** What a plan sees of it; its Grafana runs and has read what it found. */
  async situation(wish: Wish): Promise<Situation> {
    const {node} = this
    const observed = aNodeObservation({
      files: await askHere(files, {node, files: wish.files.map(({path: place}) => place)}),
      state: await askHere(state, {node}),
      service: known({
        state: 'active',
        words: 'active',
        atBoot: true,
        process: aProcess({startedAt: Number.MAX_SAFE_INTEGER}),
        configured: [],
      }),
    })
    return situationOf({node, wish, observed, views: []})
  }

  async stageWish({release, files: wished}: Wish): Promise<void> {
    const contents = wished.map(({content}) => Buffer.from(content.reveal()))
    const archives = [{version: '12.1.0', bytes: this.archive('12.1.0')}]
    await this.host.run(stageRelease({...this.activation(), release, contents, archives}))
  }

  /** Does what a plan says, by what it saw. */
  async carryOut({wish, seen}: Situation): Promise<void> {
    await this.stageWish(wish)
    await this.host.run(activateRelease(this.activation(), {release: wish.release, seen, ...UNGUARDED}))
  }

  get plugins(): string {
    return path.join(this.folder, 'data', 'plugins')
  }

  /** A release with a plugin of that version, beside the ini; without one where there is no version. */
  async pluginRelease(name: string, plugin?: string, id = 'clock') {
    const {release, contents} = this.release('12.1.0', name)
    if (plugin === undefined) return {release, contents, loads: []}
    const tree = await readPluginArchive(aPluginZip(id, plugin), {id, version: plugin})
    const plugins = [
      {id, version: plugin, path: path.join(this.plugins, id), digest: tree.digest, origin: 'archive'},
    ] as const
    return {release: {...release, plugins}, contents, loads: [await packPlugin(tree)]}
  }

  async stagePlugin(name: string, plugin?: string, id?: string) {
    const {release, contents, loads} = await this.pluginRelease(name, plugin, id)
    const archives = [{version: '12.1.0', bytes: this.archive('12.1.0')}]
    const staging = {...this.activation(), release, contents, archives, plugins: loads}
    return {release, staged: await this.host.run(stageRelease(staging))}
  }

  /** What lies there now counts as seen by the plan. */
  async bringUpPlugin(name: string, plugin?: string, id?: string) {
    const {release, staged} = await this.stagePlugin(name, plugin, id)
    await this.host.run(activateRelease(this.activation(), {release, seen: new Map(), ...UNGUARDED}))
    return {release, staged}
  }

  asked(): readonly string[] {
    return readFileSync(this.log, 'utf8')
      .split('\n')
      .filter(line => line !== '')
  }

  remove(): void {
    rmSync(this.folder, {recursive: true})
  }
}
