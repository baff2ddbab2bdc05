import {Chalk} from 'chalk'
import {duration} from '../../model/duration.ts'
import type {RunStory} from '../../rollout/run-stories.ts'
import {columns} from '../columns.ts'
import {timeOf} from '../moments.ts'
import {printable} from '../printable.ts'
import {versionsText} from '../versions-text.ts'
import {type RunsSeen, resultOf} from './runs-seen.ts'
import {asFarAsAsked, silentLines} from './silent-nodes.ts'
import {storyDocument} from './story-document.ts'

const HEAD = ['RUN', 'STARTED', 'RESULT', 'TOOK', 'VERSION', 'NODES', 'BY', 'FOR']

/** Past runs, newest first. */
export function runHistoryText(seen: RunsSeen, {colour}: {readonly colour: boolean}): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  if (seen.stories.length === 0)
    return [`${seen.cluster}: no run is remembered${asFarAsAsked(seen)}.`, ...silentLines(seen, paint)].join('\n')
  const result = (text: string) => (text === 'done' ? paint.green(text) : paint.yellow(text))
  const rows = seen.stories.map(story => [
    story.run,
    timeOf(story.startedAt),
    result(resultOf(story, seen)),
    duration(((story.ended?.at ?? story.lastAt) - story.startedAt) / 1000),
    versions(story),
    `${story.finished.length}/${story.outline?.nodes.length ?? '?'}`,
    printable(story.outline?.by ?? '?'),
    printable(story.outline?.reason ?? '?'),
  ])
  return [...columns([HEAD.map(word => paint.dim(word)), ...rows]), ...silentLines(seen, paint)].join('\n')
}

export function runHistoryDocument(seen: RunsSeen): Record<string, unknown> {
  return {
    schemaVersion: 1,
    type: 'rollout-history',
    cluster: seen.cluster,
    runs: seen.stories.map(story => storyDocument(story, seen)),
    silent: seen.silent,
  }
}

function versions({outline}: RunStory): string {
  return outline ? versionsText(outline.from, outline.to) : '?'
}
