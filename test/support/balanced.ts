import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Cluster} from '../../src/lib/model/cluster.ts'
import {renderBalancer} from '../../src/lib/render/render-balancer.ts'
import {aCluster, aNode} from './a-cluster.ts'
import {aHaproxy, anNginx, anOwnedFile, type Haproxy, type Nginx} from './a-load-balancer.ts'
import {type Daemon, startDaemon} from './daemon.ts'
import {freePort} from './free-port.ts'
import {type SmallGrafana, startSmallGrafana} from './small-grafana.ts'

/** A cluster behind a real balancer that runs what gha renders for it. */
export interface Fronted {
  readonly cluster: Cluster & {readonly loadBalancer: Haproxy | Nginx}
  readonly folder: string
  readonly url: string
  readonly daemon: Daemon
  stop(): Promise<void>
}

/** Three small Grafanas behind it. */
export interface Balanced extends Fronted {
  readonly grafanas: readonly SmallGrafana[]
}

const LISTEN = '127.0.0.1'

export function startBehindHaproxy(): Promise<Balanced> {
  return start(withHaproxy)
}

/** HAProxy in front of nodes that run already. */
export function startHaproxyFor(cluster: Cluster): Promise<Fronted> {
  return front(cluster, withHaproxy)
}

const withHaproxy: Plan = ({folder, port}) => ({
  loadBalancer: aHaproxy({
    socket: path.join(folder, 'admin.sock'),
    file: anOwnedFile({path: path.join(folder, 'haproxy.cfg'), bind: `${LISTEN}:${port}`}),
  }),
  argv: ['haproxy', '-W', '-f', path.join(folder, 'haproxy.cfg')],
})

export function startBehindNginx(): Promise<Balanced> {
  return start(({folder, port}) => {
    const main = path.join(folder, 'nginx.conf')
    writeFileSync(main, nginxConf(folder))
    return {
      loadBalancer: anNginx({
        file: {
          path: path.join(folder, 'grafana.conf'),
          bind: `${LISTEN}:${port}`,
          validate: ['nginx', '-c', main, '-p', folder, '-t', '-q'],
          reload: ['nginx', '-c', main, '-p', folder, '-s', 'reload'],
        },
      }),
      argv: ['nginx', '-c', main, '-p', folder, '-g', 'daemon off;'],
    }
  })
}

type Plan = (place: {readonly folder: string; readonly port: number}) => {
  readonly loadBalancer: Haproxy | Nginx
  readonly argv: readonly string[]
}

async function start(plan: Plan): Promise<Balanced> {
  const grafanas = await Promise.all(
    ['gf1', 'gf2', 'gf3'].map((name, index) =>
      startSmallGrafana(name, `127.0.0.1${index + 1}`, index === 2 ? 'new.js' : 'old.js'),
    ),
  )
  const nodes = grafanas.map(({name, address, port: httpPort}) => aNode({name, address, httpPort}))
  const fronted = await front(aCluster({nodes}), plan)
  const stop = async () => {
    await fronted.stop()
    await Promise.all(grafanas.map(grafana => grafana.stop()))
  }
  return {...fronted, grafanas, stop}
}

async function front(behind: Cluster, plan: Plan): Promise<Fronted> {
  const folder = mkdtempSync(path.join(tmpdir(), 'balanced-'))
  chmodSync(folder, 0o755)
  const port = await freePort(LISTEN)
  const {loadBalancer, argv} = plan({folder, port})
  const cluster = {...behind, loadBalancer}
  for (const file of renderBalancer(cluster)) {
    mkdirSync(path.dirname(file.path), {recursive: true})
    writeFileSync(file.path, file.content.reveal())
  }
  const url = `http://${LISTEN}:${port}`
  const daemon = await startDaemon({argv, ready: async () => (await fetch(`${url}/`)).arrayBuffer()})
  const stop = async () => {
    await daemon.stop()
    rmSync(folder, {recursive: true})
  }
  return {cluster, folder, url, daemon, stop}
}

function nginxConf(folder: string): string {
  return [
    'worker_processes 2;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr;',
    'events {}',
    'http {',
    '  access_log off;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(kind => `  ${kind}_temp_path ${folder}/${kind};`),
    `  include ${folder}/grafana.conf;`,
    '}',
    '',
  ].join('\n')
}
