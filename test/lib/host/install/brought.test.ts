import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {activateRelease} from '../../../../src/lib/host/activate.ts'
import type {Activation} from '../../../../src/lib/host/activation.ts'
import {installMethod} from '../../../../src/lib/host/install/method.ts'
import {stageRelease} from '../../../../src/lib/host/stage.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {ShamNode, UNGUARDED} from '../../../support/sham-node.ts'

let node: ShamNode
beforeEach(() => {
  node = new ShamNode()
})
afterEach(() => node.remove())

const activation = (): Activation => {
  const cluster = aCluster({grafana: {install: {method: 'none'}}})
  const paths = {...aNode().paths, home: node.home, state: node.state}
  return {...node.activation(), install: installMethod(cluster, aNode({paths}))}
}
const bring = (version: string) => {
  mkdirSync(node.home, {recursive: true})
  writeFileSync(path.join(node.home, 'VERSION'), version)
}
const stage = (version: string, text: string) =>
  node.host.run(stageRelease({...activation(), ...node.release(version, text)}))
const bringUp = async (version: string, text: string, seen?: string) => {
  const staged = await stage(version, text)
  const {release} = node.release(version, text)
  await node.host.run(activateRelease(activation(), {release, seen: new Map([[node.ini, seen]]), ...UNGUARDED}))
  return {staged, sum: release.files[0]?.sha256}
}

describe('a Grafana that somebody else brings', () => {
  it('is restarted with its new files, and never stopped to install anything', async () => {
    bring('12.1.0\n')
    await bringUp('12.1.0', 'one')
    expect(existsSync(node.ini)).toBe(true)
    expect(node.asked()).toEqual(['restart'])
  })

  it('goes back to other files of the version that lies there', async () => {
    bring('12.1.0')
    const {sum} = await bringUp('12.1.0', 'one')
    expect((await bringUp('12.1.0', 'two', sum)).staged).toEqual({previous: '12.1.0-one', wayBack: true})
  })

  it('has no way back to a version that lies there no more', async () => {
    bring('12.1.0')
    await bringUp('12.1.0', 'one')
    bring('12.1.1')
    expect(await stage('12.1.1', 'two')).toEqual({previous: '12.1.0-one', wayBack: false})
  })

  it('is not prepared while another version lies there', async () => {
    bring('12.1.0')
    await expect(stage('12.1.1', 'two')).rejects.toThrow(
      `Grafana 12.1.0 lies in ${node.home}, and nobody has brought 12.1.1`,
    )
    expect(node.asked()).toEqual([])
  })

  it('is not restarted where another version came to lie there after it was prepared', async () => {
    bring('12.1.0')
    const {sum} = await bringUp('12.1.0', 'one')
    bring('12.1.1')
    await stage('12.1.1', 'two')
    bring('12.1.2')
    const {release} = node.release('12.1.1', 'two')
    const swap = activateRelease(activation(), {release, seen: new Map([[node.ini, sum]]), ...UNGUARDED})
    await expect(node.host.run(swap)).rejects.toThrow('Grafana 12.1.1 is not in')
  })

  it('is trusted where its home tells no version', async () => {
    const {sum} = await bringUp('12.1.0', 'one')
    expect((await bringUp('12.1.1', 'two', sum)).staged).toEqual({previous: '12.1.0-one', wayBack: true})
    bring('')
    expect((await stage('12.1.2', 'three')).wayBack).toBe(true)
    rmSync(node.home, {recursive: true})
  })
})
