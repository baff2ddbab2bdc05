import {appendFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {planUndo} from '../../../../src/lib/actions/undo/plan-undo.ts'
import {observeNode} from '../../../../src/lib/facts/observe-node.ts'
import {sha256} from '../../../../src/lib/model/digest.ts'
import {formatVersion} from '../../../../src/lib/model/version.ts'
import {situationOf} from '../../../../src/lib/plan/situation.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {undoText} from '../../../../src/lib/report/undo.ts'
import {FakeHosts, unreachable} from '../../../support/fake-ports.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'
import {MATERIAL, Past} from '../../../support/past.ts'

let past: Past
beforeEach(() => {
  past = new Past()
})
afterEach(() => past.remove())

describe('planning an undo', () => {
  it('finds version and releases from before on the nodes', async () => {
    past.keep('12.1.0')
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'})
    const undo = await planUndo(cluster, ports, MATERIAL)
    expect(formatVersion(undo.cluster.grafana.version)).toBe('12.1.0')
    expect([...undo.back.wishes].map(([name, {release}]) => `${name} ${release.id}`)).toEqual([
      'gf1 12.1.0-old',
      'gf2 12.1.0-old',
    ])
    expect(undo).toMatchObject({runs: ['r1'], comesAgain: [], back: {step: {kind: 'none'}}})
  })

  it('leaves the wish as it is where the version stays: gha.yaml is not written', async () => {
    past.keep('12.1.1')
    const {cluster, ports} = past.after({from: '12.1.1', to: '12.1.1'})
    expect((await planUndo(cluster, ports, MATERIAL)).cluster).toBe(cluster)
  })

  it('says what gha.yaml still wishes otherwise, without a secret of either time', async () => {
    past.keepOn(
      'gf1',
      '12.1.0',
      ini => `${ini}\n[plugin.x]\nodd_name = s3cr3t-of-then\n[users]\nallow_sign_up = true\n`,
    )
    past.keepOn('gf2', '12.1.0')
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'})
    const text = undoText(await planUndo(cluster, ports, MATERIAL))
    expect(text).toContain('Going back to what the nodes were before run r1.')
    expect(text).toContain('the next `gha rollout` brings this again:\n  gf1 /etc/grafana/grafana.ini')
    expect(text).toContain('odd_name')
    expect(text).not.toContain('s3cr3t-of-then')
    expect(text).not.toContain(cluster.database.password.reveal())
    expect(text).not.toContain('gf2 /')
  })

  it('shows nothing of a file that holds one secret and no name for it', async () => {
    past.keep('12.1.0')
    const release = path.join(past.folder, 'gf1', 'releases', '12.1.0-old')
    appendFileSync(path.join(release, 'manifest'), 'file\t9\tservice\tsum\t/etc/grafana/gha-secrets/smtp.password\n')
    writeFileSync(path.join(release, 'files', '1'), 's3cr3t-of-then')
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'})
    const undo = await planUndo(cluster, ports, MATERIAL)
    const [, secret] = undo.back.wishes.get('gf1')?.files ?? []
    expect([secret?.content.reveal(), secret?.redacted]).toEqual(['s3cr3t-of-then', '[secret]'])
  })

  it('removes again what that run has added', async () => {
    past.keep('12.1.0')
    const added = path.join(past.folder, 'added.json')
    writeFileSync(added, '{}')
    const old = readFileSync(path.join(past.folder, 'gf1', 'releases', '12.1.0-old', 'manifest'), 'utf8')
    mkdirSync(path.join(past.folder, 'gf1', 'releases', '12.1.1-new'))
    const manifest = path.join(past.folder, 'gf1', 'releases', '12.1.1-new', 'manifest')
    writeFileSync(manifest, `${old}file\t9\tservice\t${sha256('{}')}\t${added}\n`)
    writeFileSync(path.join(past.folder, 'gf1', 'release'), '12.1.1-new')
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'})
    const wish = (await planUndo(cluster, ports, MATERIAL)).back.wishes.get('gf1')
    const [node] = cluster.nodes
    if (!wish || !node) throw new Error('nothing to go back to')
    const asked = {files: wish.files.map(file => file.path), probes: []}
    const observed = await observeNode({cluster, node}, ports, asked)
    const {changes} = situationOf({node, wish, observed, views: []})
    expect(changes.filter(({change}) => change === 'remove')).toEqual([{path: added, change: 'remove'}])
  })

  it('takes the plugins of the release from before, and says which gha.yaml brings again', async () => {
    past.keep('12.1.0')
    for (const node of ['gf1', 'gf2']) {
      const line = ['plugin', 'clock', '2.1.2', 'abc', '/var/lib/grafana/plugins/clock'].join('\t')
      appendFileSync(path.join(past.folder, node, 'releases', '12.1.0-old', 'manifest'), `${line}\n`)
    }
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'})
    const plugins = [{id: 'clock', version: '2.1.3'}]
    const wished = {...cluster, grafana: {...cluster.grafana, plugins}}
    const undo = await planUndo(wished, ports, MATERIAL)
    expect(undo.back.wishes.get('gf1')?.release.plugins).toMatchObject([{id: 'clock', version: '2.1.2', digest: 'abc'}])
    expect(undoText(undo)).toContain('gf1 /var/lib/grafana/plugins/clock: gha.yaml has plugin 2.1.3')
  })

  it('goes back over an additive step, and forward again', async () => {
    past.keep('12.1.0')
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.2.0', step: 'additive'})
    expect((await planUndo(cluster, ports, MATERIAL)).back.step.kind).toBe('additive')
    past.keep('12.2.0')
    const again = past.after({from: '12.2.0', to: '12.1.0', step: 'additive'})
    expect((await planUndo(again.cluster, again.ports, MATERIAL)).back.step.kind).toBe('additive')
  })

  it('goes on to where an undo was going that was cut, over the same step', async () => {
    past.keep('12.1.0')
    past.keep('12.2.0')
    const {cluster, ports} = past.after(
      {from: '12.1.0', to: '12.2.0', step: 'additive'},
      {from: '12.2.0', to: '12.1.0', step: 'additive', verb: 'undo', cut: true},
    )
    const undo = await planUndo(cluster, ports, MATERIAL)
    expect(formatVersion(undo.cluster.grafana.version)).toBe('12.1.0')
    expect([...undo.back.wishes.values()].map(({release}) => release.id)).toEqual(['12.1.0-old', '12.1.0-old'])
    expect(undo.back.step.kind).toBe('additive')
    expect(undoText(undo)).toContain('Going back to what the nodes were before run r1, as run r2 had begun to.')
  })

  it('is refused over a migration that had the database alone, with the reason', async () => {
    past.keep('12.3.0')
    const {cluster, ports} = past.after({from: '12.3.0', to: '12.4.0', step: 'single-writer'})
    await expect(planUndo(cluster, ports, MATERIAL)).rejects.toMatchObject({
      code: 'UNDO_OVER_MIGRATION',
      exit: 'unsupported',
      message: expect.stringContaining('12.4 moves folders, dashboards and playlists to new tables'),
    })
  })

  it('is refused where the release from before is gone, or another on each node', async () => {
    past.keepOn('gf1', '12.1.0')
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'})
    await expect(planUndo(cluster, ports, MATERIAL)).rejects.toMatchObject({
      code: 'RELEASE_MISSING',
      exit: 'preflight',
      node: 'gf2',
      hint: expect.stringContaining('gha rollout --to VERSION'),
    })
    mkdirSync(path.join(past.folder, 'gf2', 'releases', '12.1.0-old'), {recursive: true})
    writeFileSync(path.join(past.folder, 'gf2', 'releases', '12.1.0-old', 'manifest'), 'version\t12.0.0\n')
    await expect(planUndo(cluster, ports, MATERIAL)).rejects.toMatchObject({code: 'UNDO_MIXED'})
  })

  it('has nothing to go back to where no run is remembered', async () => {
    const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'})
    const empty = {...ports, files: new MemoryFiles()} as Ports
    await expect(planUndo(cluster, empty, MATERIAL)).rejects.toMatchObject({code: 'UNDO_NOTHING'})
    const unasked = {...empty, hosts: new FakeHosts({gf1: unreachable('gf1'), gf2: unreachable('gf2')})}
    await expect(planUndo(cluster, unasked, MATERIAL)).rejects.toMatchObject({
      code: 'UNDO_NOTHING',
      message: expect.stringMatching(/is remembered; gf1, gf2 could not be asked$/),
    })
  })
})
