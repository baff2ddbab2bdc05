// gha rollout of a changed setting over three nodes, against a shell loop that does by hand what people do: drain at HAProxy's
// socket, restart, curl until it is well, undrain. Both wait for the same: pages under way, Grafana's start, three looks, and
// the soak, within which gha also waits for HAProxy's own check.
// What is left of a node's turn without those waits is overhead. The ratio is gha's overhead over the one second it may have,
// and with a delay on every packet, which is another ratio, what that adds over what it may add.
import {readFileSync, rmSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {upLab} from '../../test/lab/lab.ts'
import {slowDown} from '../../test/lab/slow-road/slow-road.ts'
import {openCluster, TAKE_OVER} from '../../test/lab/support/cluster.ts'
import {close, median} from './measure.mjs'
import {type Turn, turnsOf} from './rollout-turns.ts'

const BAR = 1
const MAY_TAKE_SECONDS = 1
/** Every trip to a host takes as long: 3 s for 80 ms. */
const MAY_ADD_SECONDS_PER_MS = 3 / 80
const PAGES_SECONDS = 3
const LOOKS_SECONDS = 2 * 5.05
const SOAK_SECONDS = 3
const LOOP = readFileSync(new URL('rollout-loop.sh', import.meta.url), 'utf8')

const {values} = parseArgs({options: {rounds: {type: 'string', default: '3'}, delay: {type: 'string'}}})
const name = `bench-${process.pid}`
const lab = await upLab({nodes: 3, name, say: text => process.stderr.write(`${text}\n`)})
const cluster = await openCluster(name)
let wishes = 0
try {
  const {operator, nodes} = lab.state()
  const rollout = {minHealthyTime: '10s', probe: {soak: `${SOAK_SECONDS}s`}}
  cluster.write({rollout})
  await gha(['apply', ...TAKE_OVER])
  const near = await measure('')
  close('bench:rollout', near.gha / MAY_TAKE_SECONDS, BAR)
  if (values.delay) {
    const {haproxy} = lab.state().balancers
    const hosts = [...nodes.map(({address}) => address), haproxy.address]
    const ends = [
      ...hosts.map(address => `${address}:22`),
      ...nodes.map(({address}) => `${address}:3000`),
      `${haproxy.address}:80`,
    ]
    const end = await slowDown(lab, {ends, milliseconds: Number(values.delay)})
    const far = await measure(` with ${values.delay} ms on every packet`).finally(end)
    const added = far.gha - near.gha
    console.log(
      `${values.delay} ms on every packet add ${added.toFixed(2)} s a node (the loop: ${(far.loop - near.loop).toFixed(2)} s)`,
    )
    close('bench:rollout delay', added / (MAY_ADD_SECONDS_PER_MS * Number(values.delay)), BAR)
  }

  async function measure(where: string) {
    const turns = {gha: [] as Turn[], loop: [] as Turn[]}
    const words = [
      'bash',
      '-c',
      LOOP,
      'loop',
      operator.sshConfig,
      ...nodes.flatMap(each => [each.name, each.address]),
    ] as const
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const [byGha, loop] = [await gha(['rollout']), await lab.operator(words, {timeoutMs: 180_000})]
      if (loop.exitCode !== 0) throw new Error(`the loop ends with ${loop.exitCode}\n${loop.stderr}`)
      turns.gha.push(...turnsOf(byGha))
      turns.loop.push(...turnsOf(loop.stdout))
    }
    const restart = median(turns.loop.flatMap(turn => turn.restart ?? []))
    const waits = PAGES_SECONDS + LOOKS_SECONDS + SOAK_SECONDS + restart
    console.log(
      `waits of a turn: ${waits.toFixed(2)} s: pages ${PAGES_SECONDS} s, looks ${LOOKS_SECONDS} s, soak ${SOAK_SECONDS} s, restart ${restart.toFixed(2)} s`,
    )
    const overhead = (all: readonly Turn[]) => median(all.map(({seconds}) => seconds)) - waits
    const both = {gha: overhead(turns.gha), loop: overhead(turns.loop)}
    for (const [who, seconds] of Object.entries(both))
      console.log(
        `${who}${where}: ${seconds.toFixed(2)} s a node beyond the waits (median of ${turns.gha.length} turns)`,
      )
    for (const [step, seconds] of Object.entries(stepsOf(turns.gha)))
      console.log(`  ${step.padEnd(10)} ${seconds.toFixed(2)} s`)
    return both
  }
} finally {
  await lab.down()
  rmSync(cluster.folder, {recursive: true, force: true})
}

/** The journal of a run that changes one setting. */
async function gha(words: readonly string[]): Promise<string> {
  wishes += 1
  cluster.write({marker: `wish ${wishes}`})
  const run = cluster.start([...words, '--yes'])
  const {exitCode, stderr} = await run.ended
  if (exitCode !== 0) throw new Error(`gha ${words[0]} ends with ${exitCode}\n${stderr}`)
  return run.journal()
}

function stepsOf(turns: readonly Turn[]): Readonly<Record<string, number>> {
  const names = Object.keys(turns[0]?.steps ?? {})
  return Object.fromEntries(names.map(step => [step, median(turns.map(({steps}) => steps[step] ?? 0))]))
}
