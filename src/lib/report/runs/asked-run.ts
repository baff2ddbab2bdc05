import type {RunRequest} from '../../model/run-request.ts'
import type {RunStory} from '../../rollout/run-stories.ts'
import {iso} from '../moments.ts'
import {newestLock, type RunsSeen} from './runs-seen.ts'

interface Asked {
  readonly request: RunRequest
  readonly seen: RunsSeen
  readonly nodes: readonly string[]
}

/** What the run will do now that it was asked, in words. */
export function askedRunText({request: {run, wish}, seen}: Asked): string {
  const lock = newestLock(seen.locks)
  const story = seen.stories.find(candidate => candidate.run === run)
  const after = whenItHeeds(story)
  const holder = lock ? `${lock.holder.owner}@${lock.holder.hostname}` : '?'
  switch (wish) {
    case 'pause':
      return `Run ${run} of ${holder} pauses ${after} and keeps its lock until \`gha rollout resume\` or \`gha rollout stop\`.`
    case 'confirm':
      return `Run ${run} of ${holder} has heard it: what it has brought is kept.`
    case 'stop':
      if (story?.trying) return `Run ${run} of ${holder} is not confirmed: it goes back now.`
      return `Run ${run} of ${holder} ends ${after}, with exit 5; \`gha rollout\` does what is left then.`
    case 'go':
      return `Run ${run} of ${holder} goes on.`
  }
}

function whenItHeeds(story: RunStory | undefined): string {
  if (story?.paused) return 'at once'
  const busy = story?.underWay.map(({node}) => node).join(', ')
  return busy ? `when ${busy} serves again` : 'before the next node'
}

export function askedRunDocument({request, nodes}: Asked): Record<string, unknown> {
  const {at, ...rest} = request
  return {schemaVersion: 1, type: 'rollout-request', ...rest, at: iso(at), nodes}
}
