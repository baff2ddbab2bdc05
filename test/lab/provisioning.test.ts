import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {upLab} from './lab.ts'
import {type LabCluster, openCluster, TAKE_OVER} from './support/cluster.ts'
import {standing, wholeOn} from './support/standing.ts'

const LIMIT_MS = 600_000
const VERSION = '12.1.0'
const NODES = ['gf1', 'gf2', 'gf3'] as const
const FOLDER = '/etc/grafana/provisioning/dashboards'
const OLD = `${FOLDER}/old.json`

describe(
  'the provisioning of a cluster of three nodes behind HAProxy',
  () => {
    let cluster: LabCluster

    beforeAll(async () => {
      const name = `removed-${process.pid}`
      await upLab({nodes: 3, name, say: line => process.stderr.write(`${line}\n`)})
      cluster = await openCluster(name)
      mkdirSync(path.join(cluster.folder, 'provisioning/dashboards'), {recursive: true})
      put('old')
      put('kept')
      cluster.write({version: VERSION, provisioning: './provisioning'})
      const {exitCode, stderr} = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
      expect(exitCode, stderr).toBe(0)
    }, LIMIT_MS)

    afterAll(async () => {
      await cluster?.lab.down()
      if (cluster) rmSync(cluster.folder, {recursive: true})
    })

    const here = (name: string) => path.join(cluster.folder, 'provisioning/dashboards', `${name}.json`)
    const put = (name: string) => writeFileSync(here(name), `{"title": "${name}"}\n`)
    const there = () =>
      Promise.all(NODES.map(async node => (await cluster.on(node, `ls ${FOLDER}`)).trim().split('\n')))
    const everywhere = (...names: readonly string[]) => NODES.map(() => names.map(name => `${name}.json`))

    it('shows in its plan what goes with a file, and in its drift that it is not wished any more', async () => {
      rmSync(here('old'))
      const {exitCode, stdout} = await cluster.gha(['plan', '--exit-code'])
      expect(exitCode).toBe(10)
      expect(stdout).toContain(`remove ${OLD}`)
      expect(stdout).toContain(`${OLD}: removed\n           -{"title": "old"}`)
      const check = await cluster.gha(['check', '--only', 'config/drift'])
      expect(check.stdout).toContain(`not in gha.yaml any more: ${OLD}`)
    })

    it('lets no file go that somebody has edited, before a plan or after it', async () => {
      const saved = path.join(cluster.folder, 'plan.json')
      expect((await cluster.gha(['plan', '--out', saved])).exitCode).toBe(0)
      await cluster.on('gf2', `cp -p ${OLD} /root/old.json && echo edited >>${OLD}`)
      const refused = await cluster.gha(['rollout', '--yes'])
      expect([refused.exitCode, refused.stderr]).toEqual([8, expect.stringContaining(`--take-over ${OLD}`)])
      expect(refused.stderr).toContain(`gf2:${OLD} (edited since gha wrote it)`)
      const stale = await cluster.gha(['rollout', '--plan', saved, '--yes'])
      expect([stale.exitCode, stale.stderr]).toEqual([8, expect.stringContaining(`gf2: ${OLD} was changed since`)])
      expect(await there()).toEqual(everywhere('kept', 'old'))
      await cluster.on('gf2', `cp -p /root/old.json ${OLD}`)
      const {exitCode, stderr} = await cluster.gha(['rollout', '--plan', saved, '--yes'])
      expect(exitCode, stderr).toBe(0)
      expect(await there()).toEqual(everywhere('kept'))
      expect(await standing(cluster)).toEqual(wholeOn(VERSION))
      const again = await cluster.gha(['plan', '--exit-code'])
      expect(again.exitCode, again.stdout).toBe(0)
    })

    it('has the file back after an undo', async () => {
      const {exitCode, stderr} = await cluster.gha(['rollout', 'undo', '--yes'])
      expect(exitCode, stderr).toBe(0)
      expect(await there()).toEqual(everywhere('kept', 'old'))
      put('old')
      const again = await cluster.gha(['plan', '--exit-code'])
      expect(again.exitCode, again.stdout).toBe(0)
    })

    it('is without an added file after a trial that nobody confirmed', async () => {
      put('tried')
      const {exitCode, stderr} = await cluster.gha(['rollout', '--yes', '--try', '1s'])
      expect([exitCode, stderr]).toEqual([9, expect.stringContaining('It was on trial and is undone')])
      expect(await there()).toEqual(everywhere('kept', 'old'))
      expect(await standing(cluster)).toEqual(wholeOn(VERSION))
    })
  },
  LIMIT_MS,
)
