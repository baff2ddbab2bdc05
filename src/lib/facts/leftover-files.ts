import type {NodeObservation} from './node-observation.ts'

/** Paths of the files that gha has put on the node, that are not wished any more, and that are still there. */
export function leftoverFiles(
  wished: readonly {readonly path: string}[],
  {state, files}: Pick<NodeObservation, 'state' | 'files'>,
): readonly string[] {
  if (!state.known || !files.known) return []
  const stays = new Set(wished.map(({path}) => path))
  return state.value.brought.filter(path => !stays.has(path) && files.value.get(path)?.exists)
}
