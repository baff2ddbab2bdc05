import {known, type Observation, unknown} from '../model/observation.ts'
import {numberOf, type Records, textOf} from './node-fact.ts'

export interface ClockSkew {
  /** Positive when the node is ahead of the controller. */
  readonly seconds: number
  /** The true skew lies this far around it at most. */
  readonly uncertaintySeconds: number
}

export interface RoundTrip {
  /** Milliseconds since 1970 on the controller. */
  readonly sentAt: number
  readonly answeredAt: number
}

/** From the node's clock when its script began, how long that took by its uptime, and the controller's clock around both. */
export function clockSkew(records: Records, {sentAt, answeredAt}: RoundTrip): Observation<ClockSkew> {
  const started = readClock(textOf(records, 'script.started'))
  const [began, ended] = [numberOf(records, 'script.began'), numberOf(records, 'script.ended')]
  if (!started || began === undefined || ended === undefined) return unknown('the node did not tell its time')
  const took = ended - began
  const seconds = started.seconds + took / 2 - (sentAt + answeredAt) / 2000
  const travel = (answeredAt - sentAt) / 1000 - took
  return known({seconds, uncertaintySeconds: Math.max(0, travel / 2) + started.grain})
}

/** `date` without nanoseconds (busybox) is right to a second: its middle is the best guess. */
function readClock(text: string | undefined): {readonly seconds: number; readonly grain: number} | undefined {
  const match = /^(\d+)(?:\.(\d+))?/.exec(text ?? '')
  if (!match) return undefined
  if (match[2] === undefined) return {seconds: Number(match[1]) + 0.5, grain: 0.5}
  return {seconds: Number(`${match[1]}.${match[2]}`), grain: 0}
}
