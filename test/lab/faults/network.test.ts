import {describe, expect, it} from 'vitest'
import {type FaultLab, faultLab} from '../support/fault-lab.ts'
import {heldOut, standing} from '../support/standing.ts'

const NODES = ['gf1', 'gf2', 'gf3']
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

  it('between the node and the database is cut during its gate: healthy on neither version, it is held out, exit 4, the others serve, nobody notices', async () => {
    await lab.startLoad()
    const running = lab.start()
    await running.reaches('gf1', 'gate', 'step-started')
    await cut(lab, 'gf1', 'servers')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/gf1 failed at gate: .*the database cannot be reached from gf1: /)
    expect(stderr).toContain('It is held out of the balancer')
    expect(stderr).toContain('run `gha rollout` again')
    expect(await standing(lab.cluster)).toMatchObject(serveWithoutGf1(lab))
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })

  it('between all nodes and the database is cut during a gate: that node is held out, exit 4, the others answer on, and serve when it is back', async () => {
    const running = lab.start()
    await running.reaches('gf1', 'gate', 'step-started')
    for (const node of NODES) await cut(lab, node, 'servers')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/gf1 failed at gate: .*the database cannot be reached from gf1: /)
    expect(stderr).toContain('It is held out of the balancer')
    expect((await standing(lab.cluster)).balancer['gf1']).toBe('MAINT')
    expect(await throughBalancer(lab, '/healthz')).toBe('200')
    await lab.undo()
    await expect.poll(() => standing(lab.cluster), {timeout: 60_000}).toMatchObject(serveWithoutGf1(lab))
    await lab.comesThrough()
  })

  it("between gha and the balancer's host is cut during a gate: the node stays out on its new version, exit 4, the others serve, nobody notices", async () => {
    await lab.startLoad({from: 'servers'})
    const running = lab.start()
    await running.reaches('gf1', 'gate', 'step-started')
    await cut(lab, 'operator', 'haproxy')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toMatch(/gf1 failed at undrain: /)
    expect(stderr).toContain('it is healthy on its new release, but not back in the balancer')
    expect(await standing(lab.cluster)).toEqual(heldOut(lab.from, {gf1: lab.to}))
    const again = await lab.rollout()
    expect(again.exitCode, again.stderr).toBe(8)
    expect(again.stderr).toContain('Nothing was changed.')
    await lab.undo()
    await lab.comesThrough()
    await lab.unnoticed()
  })
})

/** All but gf1, which this or that version may run on, or none. */
function serveWithoutGf1({from}: FaultLab) {
  return {versions: {gf2: from, gf3: from}, balancer: {gf1: 'MAINT', gf2: 'UP', gf3: 'UP'}}
}

async function cut({cluster, undoLater}: FaultLab, one: string, other: string): Promise<void> {
  undoLater(() => cluster.lab.healBetween(one, other))
  await cluster.lab.cutBetween(one, other)
}

async function throughBalancer({cluster: {lab}}: FaultLab, path: string): Promise<string> {
  const url = `http://${lab.state().balancers.haproxy.address}${path}`
  const {stdout} = await lab.operator(['curl', '-s', '-m', '10', '-o', '/dev/null', '-w', '%{http_code}', url])
  return stdout
}

async function goesBackByItself({cluster}: FaultLab): Promise<void> {
  const wait = `for i in $(seq ${DEAD_MAN_LIMIT_MS / 1000}); do
  [ -e /var/lib/gha/lab/gf1/reverted ] && [ ! -e /var/lib/gha/lab/gf1/armed ] && curl -sf -o /dev/null localhost:3000/api/health && exit 0
  sleep 1
done; exit 1`
  const {exitCode} = await cluster.lab.onNode('gf1', ['sh', '-c', wait], {timeoutMs: DEAD_MAN_LIMIT_MS})
  expect(exitCode, 'the dead man does not act').toBe(0)
}
