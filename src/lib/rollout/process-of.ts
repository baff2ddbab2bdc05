import type {NodeObservation} from '../facts/node-observation.ts'

/** Which process answered: two polls of one node must see the same. */
export function processOf(seen: NodeObservation): string | undefined {
  const process = seen.service.known ? seen.service.value.process : undefined
  return process && `${process.pid}/${process.startTicks}`
}
