import {secondsOf} from './build/duration.ts'
import {someTime} from './schema/text.ts'

/** What a flag says as gha.yaml would, `5m`; undefined where it is no duration, or none at all. */
export function flagSeconds(flag: string): number | undefined {
  return someTime.safeParse(flag).success ? secondsOf(flag) : undefined
}
