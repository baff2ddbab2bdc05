import {Chalk, type ChalkInstance} from 'chalk'
import {duration} from '../../model/duration.ts'
import type {RunStory} from '../../rollout/run-stories.ts'
import {isFresh, lifeOfLock} from '../life-of-lock.ts'
import {iso} from '../moments.ts'
import {printable} from '../printable.ts'
import {type NodeLock, newestLock, type RunsSeen, resultOf} from './runs-seen.ts'
import {asFarAsAsked, silentLines} from './silent-nodes.ts'
import {storyDocument} from './story-document.ts'

/** The run under way, or how the last one ended. */
export function runStatusText(seen: RunsSeen, {colour}: {readonly colour: boolean}): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  const lock = newestLock(seen.locks)
  const story = storyOf(seen, lock)
  return [
    ...(lock
      ? lockLines(lock, seen, paint)
      : [`${paint.bold(seen.cluster)}: no run is under way${asFarAsAsked(seen)}.`]),
    ...(story ? storyLines(story, seen, paint) : []),
    ...silentLines(seen, paint),
  ].join('\n')
}

export function runStatusDocument(seen: RunsSeen): Record<string, unknown> {
  const lock = newestLock(seen.locks)
  const story = storyOf(seen, lock)
  return {
    schemaVersion: 1,
    type: 'rollout-status',
    cluster: seen.cluster,
    at: iso(seen.at),
    underWay: lock !== undefined && !lock.stale,
    ...(lock ? {holder: holderDocument(lock, seen)} : {}),
    ...(seen.request ? {request: {...seen.request, at: iso(seen.request.at)}} : {}),
    ...(story ? {run: storyDocument(story, seen)} : {}),
    silent: seen.silent,
  }
}

/** The last run's story is told when nobody holds the lock, or when it is the holder's. */
function storyOf({stories}: RunsSeen, lock: NodeLock | undefined): RunStory | undefined {
  return lock ? stories.find(({run}) => run === lock.holder.run) : stories[0]
}

function lockLines(lock: NodeLock, seen: RunsSeen, paint: ChalkInstance): readonly string[] {
  const {run, owner, hostname, pid, reason} = lock.holder
  const who = `${owner}@${hostname}, process ${pid}, renewed ${duration(lock.ageSeconds)} ago`
  const last = `its lock was last renewed ${duration(lock.ageSeconds)} ago`
  const life = `${lifeOfLock(lock)}${isFresh(lock.ageSeconds) && !lock.stale ? '' : `: ${last}`}.`
  const heading = lock.stale ? paint.red(`Run ${run} ${life}`) : `${paint.bold(`Run ${run}`)} ${life}`
  const {request} = seen
  return [
    heading,
    `  for      ${printable(reason)}`,
    `  by       ${printable(who)}`,
    ...(request && request.wish !== 'go'
      ? [
          `  asked    to ${request.wish} by ${printable(request.by)}${request.reason ? `: ${printable(request.reason)}` : ''}`,
        ]
      : []),
  ]
}

function storyLines(story: RunStory, seen: RunsSeen, paint: ChalkInstance): readonly string[] {
  const {run, outline, startedAt, ended, underWay, hook, paused, finished} = story
  const ago = (at: number) => `${duration(Math.max(0, (seen.at - at) / 1000))} ago`
  const all = outline?.nodes ?? []
  const waiting = all.filter(node => !finished.includes(node) && !underWay.some(({node: busy}) => busy === node))
  return [
    ...(ended || newestLock(seen.locks) === undefined
      ? [
          `The last run was ${run}: ${paint.bold(resultOf(story, seen))}.`,
          `  for      ${printable(outline?.reason ?? '?')}`,
        ]
      : []),
    `  started  ${ago(startedAt)}${ended ? `, ended ${ago(ended.at)}` : ''}`,
    ...(paused ? [paint.yellow(`  paused   ${ago(paused.since)} ${printable(paused.detail)}`)] : []),
    ...trialLines(story, seen, paint),
    ...underWay.map(({node, step, since}) => `  now      ${paint.bold(node)}: ${step}, begun ${ago(since)}`),
    ...(hook
      ? [
          `  hook     ${hook.node === undefined ? '' : `${paint.bold(hook.node)}: `}${hook.hook}, begun ${ago(hook.since)}`,
        ]
      : []),
    ...(finished.length > 0 ? [`  done     ${finished.join(', ')}`] : []),
    ...(waiting.length > 0 && !ended ? [`  waiting  ${waiting.join(', ')}`] : []),
  ]
}

function trialLines(story: RunStory, seen: RunsSeen, paint: ChalkInstance): readonly string[] {
  if (story.tried) return [`  trial    ${story.tried.kept ? 'kept' : 'not kept'}: ${printable(story.tried.why)}`]
  if (!story.trying) return []
  const left = duration(Math.max(0, (story.trying.until - seen.at) / 1000))
  const words =
    resultOf(story, seen) === 'cut'
      ? 'cut while it waited to be confirmed: its nodes stay on what it brought; `gha rollout undo` goes back'
      : `${left} left: \`gha rollout confirm\` keeps it, \`gha rollout stop\` goes back at once`
  return [paint.yellow(`  trial    ${words}`)]
}

function holderDocument({holder, ageSeconds, stale}: NodeLock, {locks}: RunsSeen): Record<string, unknown> {
  const {bootId: _, since, ...rest} = holder
  const nodes = locks.filter(({holder: {run}}) => run === holder.run).map(({node}) => node)
  return {...rest, since: iso(since), renewedSecondsAgo: ageSeconds, stale, nodes}
}
