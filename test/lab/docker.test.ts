import {rmSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {eventually} from '../support/eventually.ts'
import {CRASHING, IMAGE} from './docker/images.ts'
import {upLab} from './lab.ts'
import {type LabCluster, openCluster, SERVING, TAKE_OVER} from './support/cluster.ts'
import {rollOutUnnoticed} from './support/roll-out-unnoticed.ts'
import {standing, wholeOn} from './support/standing.ts'

const [FROM, TO] = ['12.1.0', '12.1.1']
const SECRET = 'planted-in-the-environment-5e1f'
const LISTED = `docker ps -a --format '{{.Names}} {{.Image}} {{.State}}' | sed 's|${IMAGE}:||' | sort`

/** A Grafana in a container on each of three nodes, behind HAProxy; docker pulls from the registry of its node. */
describe('a cluster in docker', () => {
  let cluster: LabCluster

  beforeAll(async () => {
    const name = `docker-${process.pid}`
    await upLab({nodes: 3, name, docker: true, say: line => process.stderr.write(`${line}\n`)})
    cluster = await openCluster(name)
    cluster.write({version: FROM, image: IMAGE, rollout: {minHealthyTime: '2s', healthyDeadline: '20s'}})
  }, 900_000)

  afterAll(async () => {
    await cluster?.lab.down()
    if (cluster) rmSync(cluster.folder, {recursive: true})
  })

  const containers = async (node: string) => (await cluster.on(node, LISTED)).trim().split('\n')
  const inspected = (node: string, format: string) => cluster.on(node, `docker inspect -f '${format}' grafana`)
  const rollout = (...words: string[]) => cluster.gha(['rollout', '--yes', ...words])

  it('comes up by one command, and is left alone by a second', async () => {
    const {exitCode, stderr} = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
    expect(exitCode, stderr).toBe(0)
    expect(await standing(cluster)).toEqual(wholeOn(FROM))
    expect(await containers('gf1')).toEqual([`grafana ${FROM} running`])
    expect(await inspected('gf1', '{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.NetworkMode}}')).toBe(
      'unless-stopped host\n',
    )
    const again = await cluster.gha(['apply', '--yes'])
    expect(again.exitCode, again.stderr).toBe(0)
    expect(again.stderr).toContain('Everything is as gha.yaml wishes')
    const checked = await cluster.gha(['check'])
    expect(checked.exitCode, checked.stdout).toBe(0)
  })

  it('goes to another version while nobody notices, with the options that somebody gave a container', async () => {
    await cluster.on('gf1', ownContainer(FROM))
    await cluster.untilServing()
    const before = await inspected('gf1', '{{json .HostConfig}}')
    await rollOutUnnoticed(cluster, {words: ['--to', TO]})
    expect(await standing(cluster)).toEqual(wholeOn(TO))
    expect(await containers('gf1')).toEqual([`grafana ${TO} running`, `grafana-gha-prev ${FROM} exited`])
    expect(JSON.parse(await inspected('gf1', '{{json .HostConfig}}'))).toEqual({
      ...JSON.parse(before),
      OomKillDisable: expect.anything(),
    })
    expect(await inspected('gf1', '{{index .Config.Labels "team"}} {{range .Config.Env}}{{.}} {{end}}')).toMatch(
      new RegExp(`^on call .*GF_ADDED=${SECRET}\ntwo lines`, 's'),
    )
    expect(await cluster.on('gf1', `grep -rl ${SECRET} /var/lib/gha /run/gha* /tmp /var/log 2>/dev/null || true`)).toBe(
      '',
    )
  })

  it('is undone', async () => {
    const {exitCode, stderr} = await cluster.gha(['rollout', 'undo', '--yes'])
    expect(exitCode, stderr).toBe(0)
    expect(await standing(cluster)).toEqual(wholeOn(FROM))
  })

  it('goes back to the old container where the new one crashes, and nobody notices', async () => {
    const old = await inspected('gf1', '{{.Id}}')
    const load = cluster.startLoad()
    await sleep(2000)
    const {exitCode, stderr} = await rollout('--to', CRASHING)
    const figures = await load.stop()
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toContain('docker logs')
    expect(figures).toMatchObject({lost: 0})
    expect(await standing(cluster)).toEqual(wholeOn(FROM))
    expect(await inspected('gf1', '{{.Id}}')).toBe(old)
    expect(await containers('gf1')).toEqual([`grafana ${FROM} running`, `grafana-gha-prev ${CRASHING} exited`])
    expect(await inspected('gf1', '{{.HostConfig.RestartPolicy.Name}}')).toBe('always\n')
  })

  it('has its old container at boot where a node is rebooted before gha confirms the new one', async () => {
    cluster.write({version: TO})
    const running = cluster.start(['rollout', '--yes'])
    await running.reaches('gf1', 'activate', 'step-done')
    running.process.kill('SIGKILL')
    await running.ended
    expect(await inspected('gf1', '{{.Config.Image}} {{.HostConfig.RestartPolicy.Name}}')).toBe(`${IMAGE}:${TO} no\n`)
    await cluster.lab.reboot('gf1')
    await eventually('the dead man acts', 60_000, async () =>
      (await cluster.on('gf1', 'ls /var/lib/gha/lab/gf1')).includes('reverted'),
    )
    expect(await containers('gf1')).toEqual([`grafana ${FROM} running`, `grafana-gha-prev ${TO} exited`])
    expect((await cluster.on('gf1', 'docker logs grafana-gha-prev 2>&1')).match(/HTTP Server Listen/g)).toHaveLength(1)
    expect(await cluster.balancerStates()).toEqual({...SERVING, gf1: 'MAINT'})
  })

  it('comes through when gha is run again', async () => {
    const {exitCode, stderr} = await rollout('--lock-wait', '90')
    expect(exitCode, stderr).toBe(0)
    expect(await standing(cluster)).toEqual(wholeOn(TO))
  })

  it('is refused before anything is touched where the image cannot be had, or compose owns a container', async () => {
    const before = await containers('gf2')
    const missing = await rollout('--to', '12.1.5')
    expect(missing.exitCode, missing.stderr).toBe(9)
    expect(missing.stderr).toContain(`docker pull ${IMAGE}:12.1.5: `)
    expect(missing.stderr).toContain('manifest unknown')
    await cluster.on('gf2', ownContainer(TO, '--label com.docker.compose.project=grafana'))
    await cluster.untilServing()
    const owned = await rollout('--to', FROM)
    expect(owned.exitCode, owned.stderr).toBe(8)
    expect(owned.stderr).toContain('it belongs to docker compose')
    expect(await standing(cluster)).toEqual(wholeOn(TO))
    expect(await containers('gf2')).toEqual(before)
  })

  it('says what docker says where its daemon does not answer', async () => {
    await cluster.on('gf3', 'systemctl stop docker.socket docker.service')
    const {exitCode, stdout} = await cluster.gha(['check', '--only', 'service'])
    expect(exitCode, stdout).toBe(8)
    expect(stdout).toContain('Cannot connect to the Docker daemon')
    await cluster.on('gf3', 'systemctl start docker')
  })
})

/** As an operator may have made it, with what no one else has thought of. */
function ownContainer(version: string, ...more: readonly string[]): string {
  const options = [
    '--restart always --network host --ulimit nofile=20000:20000 --cap-drop NET_RAW --log-opt max-size=10m',
    '--add-host elsewhere:192.0.2.1 --tmpfs /scratch --stop-timeout 40 --device /dev/null:/dev/own',
    `--label 'team=on call' -e 'GF_ADDED=${SECRET}\ntwo lines'`,
    ...more,
    '-v /etc/grafana:/etc/grafana:ro -v /var/lib/grafana:/var/lib/grafana -v /var/log/grafana:/var/log/grafana',
  ]
  return `docker rm -f grafana >/dev/null && docker run -d --name grafana ${options.join(' ')} ${IMAGE}:${version} >/dev/null`
}
