import {describe, expect, it} from 'vitest'
import {type FaultLab, faultLab} from '../support/fault-lab.ts'
import {heldOut, standing} from '../support/standing.ts'

const DEAD_MAN_LIMIT_MS = 180_000

describe('the network', () => {
  const lab = faultLab()

  it('between gha and the node is cut during the restart: the node goes back by itself, stays out until looked at, exit 4', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'activate', 'step-started')
    await cut(lab, 'operator', 'gf1')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    await goesBackByItself(lab)
    expect(await standing(lab.cluster)).toMatchObject({
      versions: {gf2: lab.from, gf3: lab.from},
      balancer: {gf1: 'MAINT', gf2: 'UP', gf3: 'UP'},
    })
    await lab.undo()
    const {stdout} = await lab.cluster.gha(['status'])
    expect(stdout).toMatch(/^gf1 +out .*held out by run .*the dead man put the old release back/m)
    await lab.comesThrough()
    await lab.unnoticed()
  })

  it('between the nodes is cut, and only there: gf1 is not healthy on either version, held out on the old one, exit 4', async () => {
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    await cut(lab, 'gf1', 'gf2')
    await cut(lab, 'gf1', 'gf3')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toContain('mesh/members')
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from))
    await lab.undo()
    await lab.comesThrough()
  })
})

async function cut({cluster, undoLater}: FaultLab, one: string, other: string): Promise<void> {
  undoLater(() => cluster.lab.healBetween(one, other))
  await cluster.lab.cutBetween(one, other)
}

async function goesBackByItself({cluster}: FaultLab): Promise<void> {
  const wait = `for i in $(seq ${DEAD_MAN_LIMIT_MS / 1000}); do
  [ -e /var/lib/gha/lab/gf1/reverted ] && [ ! -e /var/lib/gha/lab/gf1/armed ] && curl -sf -o /dev/null localhost:3000/api/health && exit 0
  sleep 1
done; exit 1`
  const {exitCode} = await cluster.lab.onNode('gf1', ['sh', '-c', wait], {timeoutMs: DEAD_MAN_LIMIT_MS})
  expect(exitCode, 'the dead man does not act').toBe(0)
}
