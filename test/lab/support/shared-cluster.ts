import path from 'node:path'
import {bringDown} from '../down.ts'
import {upLab} from '../lab.ts'
import {runFolder} from '../layout.ts'
import {identify} from '../processes.ts'
import {labNames} from '../state.ts'
import {type LabCluster, openCluster} from './cluster.ts'

/** A lab that stands may be named in GHA_LAB; it is used and left alone. */
const standing = process.env['GHA_LAB']

/** The cluster of the files that one worker of a test run takes one after the other: made by the first of them. */
export async function sharedCluster(): Promise<LabCluster> {
  const name = standing ?? `${prefixFor(process.ppid)}${process.env['VITEST_POOL_ID'] ?? '1'}`
  if (!labNames().includes(name))
    await upLab({nodes: 3, name, owner: identify(process.ppid), say: line => process.stderr.write(`${line}\n`)})
  return openCluster(name, path.join(runFolder(name), 'operator', 'cluster'))
}

/** Vitest calls this in the process that starts the workers, when the last has ended. */
export async function teardown(): Promise<void> {
  for (const name of labNames().filter(lab => lab.startsWith(prefixFor(process.pid)))) await bringDown(name)
}

function prefixFor(testRun: number): string {
  return `e2e-${testRun}-`
}
