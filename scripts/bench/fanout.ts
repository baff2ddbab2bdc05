// gha check of ten nodes, a cold process with database login and every peer's port, against ten parallel ssh that do one
// command each: in the lab, from the same place, in the same run.
import {rmSync} from 'node:fs'
import {upLab} from '../../test/lab/lab.ts'
import {openCluster, TAKE_OVER} from '../../test/lab/support/cluster.ts'
import {close, median} from './measure.mjs'

const NODES = 10
const ROUNDS = 11
const BAR = 1.5

const name = `bench-${process.pid}`
const lab = await upLab({nodes: NODES, name, say: text => process.stderr.write(`${text}\n`)})
const cluster = await openCluster(name)
try {
  cluster.write({rollout: {healthyDeadline: '3m'}})
  const applied = await cluster.gha(['apply', '--yes', ...TAKE_OVER])
  if (applied.exitCode !== 0) throw new Error(`gha apply ends with ${applied.exitCode}\n${applied.stderr}`)
  const {sshConfig} = lab.state().operator
  const hosts = lab.state().nodes.map(node => node.name)
  const ssh = `for host in ${hosts.join(' ')}; do ssh -F ${sshConfig} $host "sudo -n sha256sum /etc/grafana/grafana.ini" & done; wait`
  const times = {check: [] as number[], ssh: [] as number[]}
  for (let round = -1; round < ROUNDS; round += 1) {
    const check = await timed(() => cluster.gha(['check', '-o', 'json']))
    const loop = await timed(() => lab.operator(['sh', '-c', ssh]))
    if (round >= 0) times.check.push(check)
    if (round >= 0) times.ssh.push(loop)
  }
  console.log(`gha check of ${NODES} nodes: ${median(times.check).toFixed(0)} ms (median of ${ROUNDS})`)
  console.log(`${NODES} parallel ssh, one command each: ${median(times.ssh).toFixed(0)} ms (median of ${ROUNDS})`)
  // Of the rounds' own ratios: a machine that slows down for a while slows down both sides of a round.
  close('bench:fanout', median(times.check.map((check, round) => check / (times.ssh[round] ?? 0))), BAR)
} finally {
  await lab.down()
  rmSync(cluster.folder, {recursive: true, force: true})
}

async function timed(run: () => Promise<{readonly exitCode: number; readonly stderr: string}>): Promise<number> {
  const started = performance.now()
  const {exitCode, stderr} = await run()
  if (exitCode !== 0) throw new Error(`exits ${exitCode}: ${stderr}`)
  return performance.now() - started
}
