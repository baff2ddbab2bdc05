import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {aPluginZip} from '../support/a-plugin.ts'
import {upLab} from './lab.ts'
import {type LabCluster, openCluster, TAKE_OVER} from './support/cluster.ts'
import {secretsOf} from './support/cluster-file.ts'
import {plantFault, removeFault} from './support/node-faults.ts'
import {rollOutUnnoticed} from './support/roll-out-unnoticed.ts'
import {standing, wholeOn} from './support/standing.ts'

const LIMIT_MS = 600_000
const VERSION = '12.1.0'
const ID = 'grafana-clock-panel'
const FOLDER = `/var/lib/grafana/plugins/${ID}`
const NODES = ['gf1', 'gf2', 'gf3'] as const
/** As many files as a plugin of the catalogue has, and a name that is longer than a tar's field. */
const MANY = Array.from({length: 300}, (_, at) => ({
  path: `${ID}/img/${'deep/'.repeat(at % 30)}${at}.svg`,
  content: `<svg>${at}</svg>`.repeat(100),
}))

describe(
  'plugins of a cluster of three nodes behind HAProxy',
  () => {
    let cluster: LabCluster

    beforeAll(async () => {
      const name = `plug-${process.pid}`
      await upLab({nodes: 3, name, say: line => process.stderr.write(`${line}\n`)})
      cluster = await openCluster(name)
      mkdirSync(path.join(cluster.folder, 'plugins'))
      for (const version of ['2.1.2', '2.1.3'])
        writeFileSync(path.join(cluster.folder, 'plugins', `${ID}-${version}.zip`), aPluginZip(ID, version, MANY))
    }, LIMIT_MS)

    afterAll(async () => {
      await cluster?.lab.down()
      if (cluster) rmSync(cluster.folder, {recursive: true})
    })

    /** What each Grafana has loaded: `2.1.2`, or nothing. */
    const loaded = () =>
      Promise.all(
        cluster.lab.state().nodes.map(async ({address}) => {
          const url = `http://${address}:3000/api/plugins?core=0`
          const {admin} = secretsOf(cluster.lab.state())
          const {stdout} = await cluster.lab.operator(['curl', '-s', '-u', `admin:${admin}`, url])
          const listed = JSON.parse(stdout) as {id: string; info: {version: string}}[]
          return listed.find(({id}) => id === ID)?.info.version
        }),
      )
    const everywhere = (version: string | undefined) => NODES.map(() => version)
    const wish = (...plugins: readonly string[]) => cluster.write({version: VERSION, plugins})

    it('come with the first apply, as real folders that root owns', async () => {
      wish(`${ID}@2.1.2`)
      const {exitCode, stderr} = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
      expect(exitCode, stderr).toBe(0)
      expect(stderr).toContain(`plugin ${ID} 2.1.2 (new)`)
      expect(await loaded()).toEqual(everywhere('2.1.2'))
      const look = `stat -c '%A %U' ${FOLDER} ${FOLDER}/plugin.json ${FOLDER}/bin/gpx_clock_linux_amd64`
      expect((await cluster.on('gf2', look)).trim().split('\n')).toEqual([
        'drwxr-xr-x root',
        '-rw-r--r-- root',
        '-rwxr-xr-x root',
      ])
      const again = await cluster.gha(['plan', '--exit-code'])
      expect(again.exitCode, again.stdout).toBe(0)
    })

    it('go to another version, and no user notices', async () => {
      wish(`${ID}@2.1.3`)
      const plan = await cluster.gha(['plan'])
      expect(plan.stdout).toContain(`plugin ${ID} 2.1.2 → 2.1.3`)
      await rollOutUnnoticed(cluster, {})
      expect(await standing(cluster)).toEqual(wholeOn(VERSION))
      expect(await loaded()).toEqual(everywhere('2.1.3'))
    })

    it('that somebody changed are seen, refused without a word of the operator, and mended with it', async () => {
      await cluster.on('gf2', `echo edited >>${FOLDER}/module.js`)
      await cluster.on('gf3', `rm -r ${FOLDER}`)
      const check = await cluster.gha(['check', '--only', 'config/plugins'])
      expect(check.stdout).toContain(`${ID} 2.1.3 was changed on the node`)
      expect(check.stdout).toContain(`${ID} is missing`)
      const refused = await cluster.gha(['rollout', '--yes'])
      expect([refused.exitCode, refused.stderr]).toEqual([8, expect.stringContaining(`--take-over ${FOLDER}`)])
      const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--take-over', FOLDER])
      expect(exitCode, stderr).toBe(0)
      expect(stderr).toContain(`plugin ${ID} 2.1.3 (changed on the node)`)
      expect(await cluster.on('gf2', `cat ${FOLDER}/module.js`)).toBe('// 2.1.3\n')
      expect(await loaded()).toEqual(everywhere('2.1.3'))
    })

    it('come through a power cut in the middle of their swap', async () => {
      wish(`${ID}@2.1.2`)
      const running = cluster.start(['rollout', '--yes'])
      await running.reaches('gf1', 'activate', 'step-started')
      await cluster.lab.cutPower('gf1')
      await cluster.lab.powerOn('gf1')
      await running.ended
      const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--lock-wait', '120'])
      expect(exitCode, stderr).toBe(0)
      expect(await standing(cluster)).toEqual(wholeOn(VERSION))
      expect(await loaded()).toEqual(everywhere('2.1.2'))
    })

    it('leave when gha.yaml names them no more, and others stay', async () => {
      await cluster.on(
        'gf1',
        `mkdir ${FOLDER}-mine && echo '{"id":"mine","info":{"version":"1.0.0"}}' >${FOLDER}-mine/plugin.json`,
      )
      wish()
      await rollOutUnnoticed(cluster, {})
      expect(await loaded()).toEqual(everywhere(undefined))
      expect(await cluster.on('gf1', `ls /var/lib/grafana/plugins`)).toBe(`${ID}-mine\n`)
    })

    it('come back with an undo', async () => {
      const {exitCode, stderr} = await cluster.gha(['rollout', 'undo', '--yes'])
      expect(exitCode, stderr).toBe(0)
      expect(await loaded()).toEqual(everywhere('2.1.2'))
      expect(await standing(cluster)).toEqual(wholeOn(VERSION))
    })

    it('that Grafana does not load stop the first node, which goes back', async () => {
      wish(`${ID}@2.1.3`)
      await plantFault(cluster, 'gf1', {fault: 'no-plugins', version: 'any'})
      const {exitCode, stderr} = await cluster.gha(['rollout', '--yes'])
      await removeFault(cluster, 'gf1')
      expect(exitCode, stderr).toBe(9)
      expect(stderr).toContain(`grafana/plugins: ${ID} 2.1.3 is not loaded`)
      expect(await cluster.on('gf1', `grep -o '"version":"[0-9.]*"' ${FOLDER}/plugin.json`)).toContain('2.1.2')
    })
  },
  LIMIT_MS,
)
