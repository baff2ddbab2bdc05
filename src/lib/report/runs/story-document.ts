import type {RunStory} from '../../rollout/run-stories.ts'
import {iso} from '../moments.ts'
import {type RunsSeen, resultOf} from './runs-seen.ts'

export function storyDocument(story: RunStory, seen: RunsSeen): Record<string, unknown> {
  const {run, outline, startedAt, lastAt, ended, underWay, hook, paused, trying, tried, finished} = story
  return {
    run,
    ...outline,
    result: resultOf(story, seen),
    startedAt: iso(startedAt),
    ...(ended ? {endedAt: iso(ended.at), outcomes: ended.outcomes} : {lastEventAt: iso(lastAt)}),
    seconds: Math.round(((ended?.at ?? lastAt) - startedAt) / 1000),
    finished,
    underWay: underWay.map(({node, step, since}) => ({node, step, since: iso(since)})),
    ...(trying ? {trying: {since: iso(trying.since), until: iso(trying.until)}} : {}),
    ...(tried ? {tried} : {}),
    ...(hook ? {hook: {...hook, since: iso(hook.since)}} : {}),
    ...(paused ? {paused: {since: iso(paused.since), detail: paused.detail}} : {}),
  }
}
