import {Chalk} from 'chalk'
import {duration} from '../../model/duration.ts'
import {columns} from '../columns.ts'
import {iso} from '../moments.ts'
import {printable} from '../printable.ts'
import type {RunsSeen} from './runs-seen.ts'
import {asFarAsAsked, silentLines} from './silent-nodes.ts'

const HEAD = ['NODE', 'RUN', 'GENERATION', 'RENEWED', 'BY', 'FOR']

/** Who holds the lock on which node, and how to break it. */
export function lockStatusText(seen: RunsSeen, {colour}: {readonly colour: boolean}): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  if (seen.locks.length === 0)
    return [`${seen.cluster}: nobody holds the lock${asFarAsAsked(seen)}.`, ...silentLines(seen, paint)].join('\n')
  const rows = seen.locks.map(({node, holder, generation, ageSeconds, stale}) => [
    node,
    holder.run,
    String(generation),
    stale ? paint.red(`${duration(ageSeconds)} ago, free for the next run`) : `${duration(ageSeconds)} ago`,
    printable(`${holder.owner}@${holder.hostname}, process ${holder.pid}`),
    printable(holder.reason),
  ])
  const runs = [...new Set(seen.locks.map(({holder}) => holder.run))]
  return [
    ...columns([HEAD.map(word => paint.dim(word)), ...rows]),
    ...silentLines(seen, paint),
    ...runs.map(run => paint.dim(`To take it away from a run that is surely dead: gha lock break ${run}`)),
  ].join('\n')
}

export function lockStatusDocument({cluster, at, locks, silent}: RunsSeen): Record<string, unknown> {
  return {
    schemaVersion: 1,
    type: 'lock-status',
    cluster,
    at: iso(at),
    locks: locks.map(({node, holder: {bootId: _, since, ...holder}, generation, ageSeconds, stale}) => ({
      node,
      ...holder,
      since: iso(since),
      generation,
      renewedSecondsAgo: ageSeconds,
      stale,
    })),
    silent,
  }
}
