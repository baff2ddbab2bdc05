import {once} from 'node:events'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {eventually} from '../../support/eventually.ts'
import type {Lab} from '../lab.ts'
import {takeOverAddresses} from '../network.ts'

const RELAY = path.join(import.meta.dirname, 'relay.ts')

export interface SlowRoad {
  /** Addresses and ports, as `10.87.1.11:22`. */
  readonly ends: readonly string[]
  /** Each way. */
  readonly milliseconds: number
}

/**
 * Makes the operator's way to those ends slow: connections, and every byte on them. Not every kernel has a queue that delays
 * packets, so the operator's own place takes the addresses over, and hands bytes on, late, where the real ones are reached.
 * There is no way back but to take the lab down.
 */
export async function slowDown(lab: Lab, {ends, milliseconds}: SlowRoad): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gha-slow-road-'))
  const relay = (part: string, side: 'near' | 'far', delay: number) =>
    lab.spawnIn(part, [process.execPath, '--import', 'tsx', RELAY, side, folder, String(delay), ...ends])
  const far = relay('servers', 'far', 0)
  await eventually('the far end listens', 30_000, () => ends.every(end => existsSync(path.join(folder, `${end}.sock`))))
  await takeOverAddresses(lab.name, 'operator', [...new Set(ends.map(end => end.slice(0, end.indexOf(':'))))])
  const near = relay('operator', 'near', milliseconds)
  return async () => {
    for (const process of [near, far]) {
      process.kill()
      await once(process, 'close')
    }
    rmSync(folder, {recursive: true})
  }
}
