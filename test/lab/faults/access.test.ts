import {describe, expect, it} from 'vitest'
import {SERVING} from '../support/cluster.ts'
import {type FaultLab, faultLab} from '../support/fault-lab.ts'
import {heldOut, standing, wholeOn} from '../support/standing.ts'

const MARKS = ['gf1 armed', 'gf1 gha-revert-lab-gf1.timer', 'gf1 lock', 'gf1 out', 'gf1 revert.sh']

describe('sudo', () => {
  const lab = faultLab()

  it('is revoked on the node whose gate looks: it is held out, exit 4, the others serve, and it comes through when given back', async () => {
    const stderr = await struckUnderGate(lab, () => revokeSudo(lab, 'gf1'))
    expect(stderr).toContain('sudo wants a password')
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: lab.to, marks: MARKS}))
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })

  it('is revoked on a node whose turn is next: that one is as before, exit 4, all serve, and it comes through when given back', async () => {
    const stderr = await struckUnderGate(lab, () => revokeSudo(lab, 'gf2'))
    expect(stderr).toMatch(/gf2 failed at arm: sudo wants a password\s+It is as it was before\./)
    const {versions} = wholeOn(lab.from)
    expect(await standing(lab.cluster)).toEqual({
      versions: {...versions, gf1: lab.to},
      balancer: SERVING,
      leftovers: ['gf2 lock'],
    })
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })
})

describe('a host key', () => {
  const lab = faultLab()

  it('is another after a cut connection: nothing is sent there, the node is held out, exit 4, and comes through with the known key', async () => {
    const stderr = await struckUnderGate(lab, () => changeHostKey(lab, 'gf1'))
    expect(stderr).toContain('is not the known one')
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: lab.to, marks: MARKS}))
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })
})

/** What the run says, which ends with 4, when that happens while the gate looks at gf1; users are there. */
async function struckUnderGate(lab: FaultLab, strike: () => Promise<void>): Promise<string> {
  await lab.startLoad()
  const running = lab.start()
  await running.reaches('gf1', 'gate', 'step-started')
  await strike()
  const {exitCode, stderr} = await running.ended
  expect(exitCode, stderr).toBe(4)
  return stderr
}

async function revokeSudo({cluster, undoLater}: FaultLab, node: string): Promise<void> {
  undoLater(() => cluster.on(node, 'mv /root/sudoers.ops /etc/sudoers.d/ops'))
  await cluster.on(node, 'mv /etc/sudoers.d/ops /root/sudoers.ops')
}

/** Who stands in between would end what is open, too: only what connects anew meets the other key. */
async function changeHostKey({cluster, undoLater}: FaultLab, node: string): Promise<void> {
  const key = '/etc/ssh/ssh_host_ed25519_key'
  undoLater(() =>
    cluster.on(node, `cp -a /root/known-key/* /etc/ssh/ && rm -r /root/known-key && systemctl restart ssh`),
  )
  await cluster.on(
    node,
    `mkdir /root/known-key && cp -a ${key}* /root/known-key/ && rm ${key}* && ssh-keygen -q -t ed25519 -N '' -f ${key}
systemctl restart ssh; for pid in $(pgrep -u ops sshd); do kill -9 $pid; done`,
  )
}
