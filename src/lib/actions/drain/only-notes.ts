import type {ProgressEvent} from '../../rollout/run.ts'

/** Of what a run tells, what a single drain has to say. */
export function onlyNotes(say: (text: string) => void): (event: ProgressEvent) => void {
  return event => {
    if (event.type === 'note') say(event.text)
  }
}
