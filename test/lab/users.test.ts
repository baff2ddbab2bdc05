import {afterEach, beforeAll, describe, expect, it} from 'vitest'
import {type LabCluster, SERVING} from './support/cluster.ts'
import {plantFault, removeFault} from './support/node-faults.ts'
import {sharedCluster} from './support/shared-cluster.ts'

const QUIET = {requests: expect.any(Number), lost: 0, p50: expect.any(Number), p99: expect.any(Number)}

describe('a rollout under the eyes of the probe', () => {
  let cluster: LabCluster
  let [from, to] = ['', '']
  let before = ''

  beforeAll(async () => {
    cluster = await sharedCluster()
    await cluster.stand()
    cluster.write({rollout: {probe: {soak: '20s'}}})
    ;[from, to] = [cluster.version, cluster.otherPatch]
    before = await sessions(cluster)
  }, 600_000)

  afterEach(async () => {
    await removeFault(cluster, 'gf1')
  })

  it('ends with 9 when users notice what no gate sees, brings the node back, and all is as before', async () => {
    await plantFault(cluster, 'gf1', {fault: 'search-broken', version: to})
    const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--to', to])
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toContain('what users get is watched: http://grafana.lab/ at 10.')
    expect(stderr).toMatch(
      /gf1 failed at soak: users notice: 3 of the last \d+ requests were lost \((search|dashboard): server error\)/,
    )
    expect(stderr).toContain('Failed, and everything is as it was before.')
    expect(stderr).toMatch(
      /^What users got \(.*: 9\d\.\d+ % of \d+ requests answered, worst gap 0\.\d s; lost: \d+ × server error$/m,
    )
    expect(await cluster.versions()).toEqual({gf1: from, gf2: from, gf3: from})
    expect(await cluster.balancerStates()).toEqual(SERVING)
    expect(await cluster.leftovers()).toEqual([])
  })

  it('tells that users noticed nothing, and how fast they were served before, during and after', async () => {
    const {exitCode, stdout, stderr} = await cluster.gha(['rollout', '--yes', '--to', to, '-o', 'json'])
    expect(exitCode, stderr).toBe(0)
    const {users} = JSON.parse(stdout)
    expect(users).toMatchObject({
      availability: 1,
      worstGapMilliseconds: 0,
      before: QUIET,
      during: QUIET,
      after: QUIET,
      lostBy: {},
      unseen: 0,
    })
    expect(users.before.requests).toBeGreaterThan(15)
    expect(users.during.requests).toBeGreaterThan(200)
  })

  it('leaves no session behind', async () => {
    expect(await sessions(cluster)).toBe(before)
  })

  it('is refused where nobody can watch, until the operator says that nobody shall', async () => {
    cluster.write({version: from, rollout: {probe: {url: 'http://grafana.lab/elsewhere/'}}})
    const refused = await cluster.gha(['rollout', '--yes'])
    expect(refused.exitCode, refused.stderr).toBe(8)
    expect(refused.stderr).toContain('nobody can watch what users get')
    const plan = await cluster.gha(['rollout', '--dry-run', '--no-probe'])
    expect(plan.exitCode).toBe(0)
    expect(plan.stdout).toContain('nobody watches what users get meanwhile, as wished')
  })
})

async function sessions({lab}: LabCluster): Promise<string> {
  const {host, port, database, user, password} = lab.state().postgres
  const url = `postgres://${user}:${password}@${host}:${port}/${database}`
  return (await lab.operator(['psql', '-tA', url, '-c', 'SELECT count(*) FROM user_auth_token'])).stdout.trim()
}
