import {once} from 'node:events'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {runtimeScript} from '../../../src/lib/adapters/haproxy/runtime-script.ts'
import {activateRelease, revertRelease} from '../../../src/lib/host/activate.ts'
import {writeBalancerFile} from '../../../src/lib/host/balancer-file.ts'
import {serviceControl} from '../../../src/lib/host/service/control.ts'
import {stageRelease} from '../../../src/lib/host/stage.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import {Selinux} from '../../support/selinux.ts'
import {ShamNode, UNGUARDED} from '../../support/sham-node.ts'

let node: ShamNode
beforeEach(() => {
  node = new ShamNode()
})
afterEach(() => node.remove())

async function activate({host}: Selinux) {
  const {release, contents} = node.release('12.1.0', 'one')
  const archives = [{version: '12.1.0', bytes: node.archive('12.1.0')}]
  await host.run(stageRelease({...node.activation(), release, contents, archives}))
  await host.run(activateRelease(node.activation(), {release, seen: new Map(), ...UNGUARDED}))
  return release
}

const writeBalancer = ({host}: Selinux, {seen, validate = 'true'}: {seen?: string; validate?: string} = {}) =>
  host.run(
    writeBalancerFile({
      state: node.state,
      lease: {run: 'r1', generation: 1},
      path: path.join(node.folder, 'haproxy.cfg'),
      content: 'new',
      seen,
      validate: ['sh', '-c', validate],
      reload: ['true'],
    }),
  )

describe('where SELinux labels files', () => {
  let selinux: Selinux
  beforeEach(() => {
    selinux = new Selinux(node.folder, {enabled: true})
  })

  it('gives each file, the programs and the link to them their label after they have their name and content', async () => {
    await activate(selinux)
    expect(selinux.labelled()).toEqual([
      `-F -R ${node.home}.releases/12.1.0: `,
      `-F ${node.home}: `,
      `-F ${node.ini}: one`,
    ])
  })

  it('labels what it puts back, and nothing that was right already', async () => {
    const release = await activate(selinux)
    writeFileSync(node.ini, 'edited')
    const before = selinux.labelled().length
    await selinux.host.run(revertRelease(node.activation(), release.id))
    await selinux.host.run(revertRelease(node.activation(), release.id))
    expect(selinux.labelled().slice(before)).toEqual([`-F ${node.ini}: one`])
  })

  it('labels the file of the balancer before the balancer reads it, and the old one that is put back', async () => {
    const file = path.join(node.folder, 'haproxy.cfg')
    await writeBalancer(selinux, {validate: `grep -q ${file} ${node.folder}/labelled`})
    expect(selinux.labelled()).toEqual([`-F ${file}: new`])
    writeFileSync(file, 'old')
    await expect(writeBalancer(selinux, {seen: sha256('old'), validate: 'false'})).rejects.toThrow('does not accept')
    expect(selinux.labelled().slice(1)).toEqual([`-F ${file}: new`, `-F ${file}: old`])
  })

  it('labels what HAProxy reads of its servers when it starts', async () => {
    const [socket, stateFile] = [path.join(node.folder, 'admin.sock'), path.join(node.folder, 'states')]
    const server = createServer().listen(socket)
    onTestFinished(() => {
      server.close()
    })
    await once(server, 'listening')
    selinux.program('socat', 'echo answered')
    await selinux.host.run(runtimeScript({socket, stateFile, commands: ['set server b/gf1 state drain']}))
    expect(selinux.labelled()).toEqual([`-F ${stateFile}: answered`])
  })

  it("labels the dead man's units before systemd reads them", () => {
    const {armTimer} = serviceControl({manager: 'systemd', unit: 'grafana-server'}, '/var/lib/gha/lab/gf1')
    expect(armTimer(60)).toMatch(
      /relabel \S+\/gha-revert-lab-gf1\.service \S+\.timer \S+wants\/\S+ .*\n.*systemctl show/,
    )
  })

  it('goes on where a label cannot be given: the way back would fail by it too', async () => {
    selinux.program('restorecon', 'exit 1')
    await activate(selinux)
    expect(readFileSync(node.ini, 'utf8')).toContain('one')
  })
})

describe('where SELinux is off, or its tools are not there', () => {
  it('runs none of its tools on a file', async () => {
    const selinux = new Selinux(node.folder, {enabled: false})
    await activate(selinux)
    await writeBalancer(selinux)
    expect(selinux.labelled()).toEqual([])
  })

  it('does not even ask where nothing could label', async () => {
    const selinux = new Selinux(node.folder, {enabled: false})
    const asked = path.join(node.folder, 'asked')
    rmSync(path.join(node.folder, 'selinux-bin/restorecon'))
    selinux.program('selinuxenabled', `echo asked >${asked}`)
    await activate(selinux)
    expect(() => readFileSync(asked)).toThrow('ENOENT')
  })
})
