import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type LabCluster, type RunningLoad, SERVING} from '../support/cluster.ts'
import {secretsOf} from '../support/cluster-file.ts'
import {plantAtStart, plantFault, removeFault} from '../support/node-faults.ts'
import {clusterUnderLoad} from '../support/under-load.ts'

describe('the gate of a rollout', () => {
  let cluster: LabCluster
  let load: RunningLoad | undefined
  let [from, to] = ['', '']

  beforeAll(async () => {
    ;({cluster, load, from, to} = await clusterUnderLoad({rollout: {minHealthyTime: '5s', healthyDeadline: '15s'}}))
  }, 600_000)

  afterAll(async () => {
    await load?.stop()
  })

  /** Which checks kept the gate shut in the end. */
  const shutBy = (stderr: string) =>
    stderr
      .split('\n')
      .find(line => line.includes('not healthy within'))
      ?.match(/[a-z]+\/[a-z-]+(?=: )/g)

  const isSentBack = async (words: string) => {
    const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--to', to])
    await removeFault(cluster, 'gf1')
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toContain(words)
    expect(shutBy(stderr), stderr).toEqual([words.slice(0, words.indexOf(':'))])
    expect(await cluster.versions()).toEqual({gf1: from, gf2: from, gf3: from})
    expect(await cluster.balancerStates()).toEqual(SERVING)
    expect(await cluster.leftovers()).toEqual([])
  }

  it.each([
    ['failing-health', 'grafana/health: /api/health answers 503, database failing'],
    ['login-broken', 'grafana/login: no login on gf1: POST /login answers 500'],
    ['fatal-line', 'grafana/log: the provisioned dashboards could not be read (dashboards-not-provisioned'],
  ] as const)('sends a node back that deserves it, for that alone: %s', async (fault, words) => {
    await plantFault(cluster, 'gf1', {fault, version: to})
    await isSentBack(words)
  })

  const ENVIRONMENT = '/etc/default/grafana-server'

  it.each([
    [
      'a variable of its unit overrides its file',
      {does: `echo GF_USERS_ALLOW_SIGN_UP=true >>${ENVIRONMENT}`, else: `sed -i /^GF_USERS/d ${ENVIRONMENT}`},
      'grafana/effective-settings: [users] allow_sign_up is "true", not "false"',
    ],
    [
      'its unit names another file',
      {
        does: `cp -p /etc/grafana/grafana.ini /etc/grafana/other.ini; sed -i s/grafana.ini/other.ini/ ${ENVIRONMENT}`,
        else: `rm -f /etc/grafana/other.ini; sed -i s/other.ini/grafana.ini/ ${ENVIRONMENT}`,
      },
      'config/which-file: it reads /etc/grafana/other.ini, gha writes /etc/grafana/grafana.ini',
    ],
  ])('sends a node back where %s since the new version starts, for that alone', async (_, befalls, words) => {
    await plantAtStart(cluster, 'gf1', {version: to, ...befalls})
    await isSentBack(words)
  })

  it('lets all nodes pass that deserve it, and leaves no session behind', async () => {
    const [{address} = {address: ''}] = cluster.lab.state().nodes
    const stats = `curl -s -u 'admin:${secretsOf(cluster.lab.state()).admin}' http://${address}:3000/api/admin/stats`
    const sessions = async () => (JSON.parse(await cluster.on('gf1', stats)) as {activeSessions: number}).activeSessions
    const before = await sessions()
    const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--to', to])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(/undrain serving \(haproxy: UP/)
    expect(await cluster.versions()).toEqual({gf1: to, gf2: to, gf3: to})
    expect(await sessions()).toBe(before)
  })

  it('was noticed by nobody', async () => {
    const figures = await load?.stop()
    load = undefined
    expect(cluster.lostRequests()).toEqual([])
    expect(figures).toMatchObject({lost: 0})
  })
})
