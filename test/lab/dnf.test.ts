import {cpSync, mkdirSync, readdirSync, rmSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {upLab} from './lab.ts'
import {type LabCluster, openCluster, TAKE_OVER} from './support/cluster.ts'
import {plantFault, removeFault} from './support/node-faults.ts'
import {rollOutUnnoticed, usersOf} from './support/roll-out-unnoticed.ts'
import {standing, wholeOn} from './support/standing.ts'

const [FROM, TO, NEXT] = ['12.1.0', '12.1.1', '12.2.0']
const LIMIT_MS = 600_000
/** How long gha may take to begin a transaction of rpm on the second node. */
const AT_WORK_SECONDS = 120

/** Debian's hosts, with dnf and rpm for Grafana: a unit of type notify, and a package whose script restarts it. */
describe(
  'a cluster of nodes that live by rpm',
  () => {
    let cluster: LabCluster

    beforeAll(async () => {
      const name = `dnf-${process.pid}`
      await upLab({nodes: 3, name, packages: 'rpm', say: line => process.stderr.write(`${line}\n`)})
      cluster = await openCluster(name)
      const rollout = {minHealthyTime: '2s', healthyDeadline: '15s'}
      cluster.write({version: FROM, install: {method: 'dnf'}, rollout})
    }, LIMIT_MS)

    afterAll(async () => {
      await cluster?.lab.down()
      if (cluster) rmSync(cluster.folder, {recursive: true})
    })

    afterEach(async () => {
      for (const {name} of cluster.lab.state().nodes) await removeFault(cluster, name)
    })

    const entries = () =>
      Promise.all(cluster.lab.state().nodes.map(async ({name}) => (await cluster.on(name, LOOK)).trim()))
    const everywhere = (version: string) => Array.from({length: 3}, () => `grafana-${version}-1 whole held ready`)

    it('is brought up, each package held', async () => {
      const {exitCode, stderr} = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
      expect(exitCode, stderr).toBe(0)
      expect(await standing(cluster)).toEqual(wholeOn(FROM))
      expect(await entries()).toEqual(everywhere(FROM))
      await cluster.on('gf1', 'dnf -q -y upgrade')
      expect(await entries()).toEqual(everywhere(FROM))
    })

    it('goes to another version, and no user notices', async () => {
      await cluster.on('gf2', 'echo "# edited" >>/etc/sysconfig/grafana-server')
      await rollOutUnnoticed(cluster, {words: ['--to', TO]})
      expect(await standing(cluster)).toEqual(wholeOn(TO))
      expect(await entries()).toEqual(everywhere(TO))
      expect(await cluster.on('gf2', 'tail -n 1 /etc/sysconfig/grafana-server')).toContain('# edited')
      const again = await cluster.gha(['plan', '--exit-code'])
      expect(again.exitCode, again.stdout).toBe(0)
    })

    it('goes back to the old rpm by undo, and no user notices', async () => {
      await usersOf(cluster)
      const {exitCode, stderr} = await cluster.gha(['rollout', 'undo', '--yes'])
      expect(exitCode, stderr).toBe(0)
      expect(cluster.lostRequests()).toEqual([])
      expect(await standing(cluster)).toEqual(wholeOn(FROM))
      expect(await entries()).toEqual(everywhere(FROM))
    })

    it('goes back to the old rpm where the new one crashes at boot, exit 9', async () => {
      await usersOf(cluster)
      await plantFault(cluster, 'gf1', {fault: 'crash-at-boot', version: TO})
      const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--to', TO])
      expect(exitCode, stderr).toBe(9)
      expect(cluster.lostRequests()).toEqual([])
      expect(await standing(cluster)).toEqual(wholeOn(FROM))
      expect(await entries()).toEqual(everywhere(FROM))
    })

    it.each([
      ['the power of a node fails', () => cutPower(cluster, 'gf2')],
      ['dnf is killed', () => cluster.on('gf2', 'rm -f /run/slow-rpm; kill -9 $(pgrep -x dnf)')],
    ])(
      'ends on one whole package everywhere where %s amid a transaction of rpm, and no user notices',
      async (_, strike) => {
        await usersOf(cluster)
        const from = cluster.version
        await cluster.on('gf2', 'touch /run/slow-rpm')
        const running = cluster.start(['rollout', '--yes', '--to', cluster.otherPatch])
        await cluster.on('gf2', AT_WORK)
        expect((await cluster.on('gf2', 'rpm -q grafana')).trim().split('\n')).toHaveLength(2)
        await strike()
        await cluster.on('gf2', 'rm -f /run/slow-rpm')
        const first = await running.ended
        const to = from === FROM ? TO : FROM
        const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--to', to, '--lock-wait', '120'])
        expect(exitCode, `${first.stderr}\n${stderr}`).toBe(0)
        expect(cluster.lostRequests()).toEqual([])
        expect(await standing(cluster)).toEqual(wholeOn(to))
        expect(await entries()).toEqual(everywhere(to))
      },
    )

    it('takes an rpm that is pushed, where a node knows no repository', async () => {
      const folder = path.join(cluster.folder, 'rpms')
      mkdirSync(folder)
      const from = path.join(cluster.lab.state().apt.folder, 'rpm')
      for (const name of readdirSync(from).filter(file => file.includes(NEXT)))
        cpSync(path.join(from, name), path.join(folder, name))
      for (const {name} of cluster.lab.state().nodes) await cluster.on(name, 'rm /etc/yum.repos.d/lab.repo')
      cluster.write({version: NEXT, install: {method: 'dnf', source: {push: './rpms'}}})
      const {exitCode, stderr} = await cluster.gha(['rollout', '--yes'])
      expect(exitCode, stderr).toBe(0)
      expect(stderr).not.toContain('no way back')
      expect(await standing(cluster)).toEqual(wholeOn(NEXT))
      expect(await entries()).toEqual(everywhere(NEXT))
    })
  },
  LIMIT_MS,
)

async function cutPower({lab}: LabCluster, node: string): Promise<void> {
  await lab.cutNetwork(node)
  await lab.cutPower(node)
  await lab.healNetwork(node)
  await lab.powerOn(node)
  await sleep(1000)
}

/** What rpm has entered, whether its files are all there, whether it is held, and whether the unit said that it is ready. */
const LOOK = `echo $(rpm -q --qf '%{NAME}-%{VERSION}-%{RELEASE} ' grafana) \
  $(rpm -V --noconfig --nomtime --nouser --nogroup --nomode grafana >/dev/null && echo whole) \
  $(grep -q "^grafana-0:$(rpm -q --qf '%{VERSION}' grafana)-1[.]" /etc/dnf/plugins/versionlock.list && echo held) \
  $([ "$(systemctl show -p Type -p ActiveState --value grafana-server | tr '\\n' ' ')" = "notify active " ] && echo ready)`

/** Waits until the script of the new package runs: both versions are entered then, and the old files not yet gone. */
const AT_WORK = `for i in $(seq ${AT_WORK_SECONDS * 5}); do
  if pgrep -x sleep >/dev/null && [ "$(rpm -q grafana | wc -l)" = 2 ]; then exit 0; fi; sleep 0.2
done; exit 1`
