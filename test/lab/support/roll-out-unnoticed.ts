import {setTimeout as sleep} from 'node:timers/promises'
import {expect, onTestFinished} from 'vitest'
import type {Summary} from '../../load/tally.ts'
import type {LabCluster, LoadWish, RunningLoad} from './cluster.ts'

export interface Unnoticed {
  readonly users?: LoadWish
  /** Of `gha rollout`. */
  readonly words?: readonly string[]
  /** Lines of lost requests that no balancer can help. */
  readonly isExcused?: (line: string) => boolean
}

/**
 * Rolls out while users are there from before until after, and sees that none of them noticed. One holds a WebSocket, which
 * ends with its node's turn and with nobody's harm: gha has to say that it cut it.
 */
export async function rollOutUnnoticed(
  cluster: LabCluster,
  {users = {}, words = [], isExcused = () => false}: Unnoticed,
): Promise<Summary> {
  const load = await usersOf(cluster, users)
  const {exitCode, stdout, stderr} = await cluster.gha(['rollout', '--yes', '-o', 'json', ...words])
  await sleep(2000)
  const figures = await load.stop()
  expect(exitCode, stderr).toBe(0)
  expect(cluster.lostRequests().filter(line => !isExcused(line))).toEqual([])
  expect(figures).toMatchObject({lost: 0, reLogins: 0, websocketRefusals: 0})
  expect(figures.requests).toBeGreaterThan(2000)
  expect(figures.websocketCuts).toBeGreaterThan(0)
  // nginx does not count what is under way.
  if (users.balancer !== 'nginx') expect(cutsIn(stdout)).toBeGreaterThan(0)
  return figures
}

function cutsIn(document: string): number {
  const {cutConnections} = JSON.parse(document) as {readonly cutConnections: Readonly<Record<string, number>>}
  return Object.values(cutConnections).reduce((sum, count) => sum + count, 0)
}

/** Users who are there before whatever comes; they leave with the test, whatever becomes of it. */
export async function usersOf(cluster: LabCluster, wish: LoadWish = {}): Promise<RunningLoad> {
  const load = cluster.startLoad(wish)
  onTestFinished(async () => {
    await load.stop()
  })
  await sleep(3000)
  return load
}
