import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type LabCluster, type RunningGha, type RunningLoad, SERVING} from '../support/cluster.ts'
import {clusterUnderLoad} from '../support/under-load.ts'

const ROLLOUT = ['rollout', '--yes'] as const

describe('a rollout that is killed', () => {
  let cluster: LabCluster
  let load: RunningLoad | undefined
  let running: RunningGha | undefined

  beforeAll(async () => {
    ;({cluster, load} = await clusterUnderLoad({marker: MARKER, rollout: {minHealthyTime: '5s'}}))
  }, 600_000)

  afterAll(async () => {
    running?.process.kill('SIGKILL')
    await load?.stop()
    await cluster?.on('gf2', NORMAL_STOP)
  })

  const kill = async ({process, ended}: RunningGha) => {
    expect(process.exitCode).toBe(null)
    process.kill('SIGKILL')
    expect((await ended).exitCode).toBe(-1)
  }

  it('between drain and swap leaves the node out, with its old files', async () => {
    const before = await cluster.on('gf1', INI)
    running = cluster.start(ROLLOUT)
    await running.reaches('gf1', 'drain', 'step-started')
    await cluster.on('haproxy', UNTIL_GF1_IS_OUT)
    await kill(running)
    expect((await cluster.balancerStates())['gf1']).toBe('MAINT')
    expect(await cluster.on('gf1', INI)).toBe(before)
  })

  it('between swap and restart, when it was run again, leaves the next node with its old process', async () => {
    await cluster.on('gf2', SLOW_STOP)
    const before = await cluster.on('gf2', `${INI}; ${PROCESS}`)
    running = cluster.start(ROLLOUT)
    await running.reaches('gf1', 'undrain', 'step-done')
    await running.reaches('gf2', 'activate', 'step-started')
    await cluster.on(
      'gf2',
      `for i in $(seq 300); do [ "$(${INI})" = '${before.split('\n')[0]}' ] || exit 0; sleep 0.1; done; exit 1`,
    )
    await kill(running)
    const [ini, process] = (await cluster.on('gf2', `${INI}; ${PROCESS}`)).split('\n')
    expect(ini).not.toBe(before.split('\n')[0])
    expect(process).toBe(before.split('\n')[1])
    expect((await cluster.balancerStates())['gf2']).toBe('MAINT')
  })

  it('between restart and undrain, when it was run again, leaves the last node out and armed', async () => {
    running = cluster.start(ROLLOUT)
    await running.reaches('gf2', 'undrain', 'step-done')
    await running.reaches('gf3', 'activate', 'step-done')
    await kill(running)
    expect((await cluster.balancerStates())['gf3']).toBe('MAINT')
    expect(await cluster.leftovers()).toEqual(expect.arrayContaining(['gf3 armed', 'gf3 out']))
  })

  it('carries on to its end, and another gha meets its lock meanwhile', async () => {
    running = cluster.start(ROLLOUT)
    await running.reaches('gf3', 'gate', 'step-started')
    const second = await cluster.gha(ROLLOUT)
    expect(second.exitCode).toBe(7)
    expect(second.stderr).toContain(`(process ${running.process.pid}) holds the lock`)
    expect(second.stderr).toContain('for: gha rollout --yes')
    expect(second.stderr).toContain('Nothing was changed.')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(0)
    for (const {name} of cluster.lab.state().nodes)
      expect(await cluster.on(name, 'cat /etc/grafana/grafana.ini')).toContain(MARKER)
  })

  it('has left no node drained, locked or armed', async () => {
    expect(await cluster.leftovers()).toEqual([])
    expect(await cluster.balancerStates()).toEqual(SERVING)
    const {stdout} = await cluster.gha(['status', '-o', 'json'])
    expect(JSON.parse(stdout)).not.toHaveProperty('lock')
  })

  it('was noticed by nobody', async () => {
    const figures = await load?.stop()
    load = undefined
    expect(cluster.lostRequests()).toEqual([])
    expect(figures).toMatchObject({lost: 0})
    expect(figures?.requests).toBeGreaterThan(2000)
  })
})

const MARKER = 'resumed after a kill'
const INI = 'sha256sum </etc/grafana/grafana.ini'
const PROCESS = 'systemctl show -p MainPID --value grafana-server'
/** Watched on the host itself: between the balancer's word and the swap lie a few looks of gha, a tenth of a second. */
const UNTIL_GF1_IS_OUT = `for i in $(seq 2000); do
  echo show stat | socat - /run/haproxy/admin.sock | grep -q '^grafana,gf1,.*,MAINT,' && exit 0; sleep 0.01
done; exit 1`
/** Between the swap of the files and the end of the old process lies time enough to look. */
const SLOW_STOP = `mkdir -p /run/systemd/system/grafana-server.service.d
printf '[Service]\\nExecStop=/bin/sleep 3\\n' >/run/systemd/system/grafana-server.service.d/slow.conf
systemctl daemon-reload`
const NORMAL_STOP = 'rm -f /run/systemd/system/grafana-server.service.d/slow.conf; systemctl daemon-reload'
