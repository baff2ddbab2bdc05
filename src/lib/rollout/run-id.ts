import {randomBytes} from 'node:crypto'

/**
 * Named by the time of this machine, and always newer than what the nodes know: by these names is told which run was the last,
 * and whose journal goes first.
 */
export function runId(now: number, newest = ''): string {
  const [time, after] = [stampOf(now), timeOf(newest)]
  const stamp = after !== undefined && time <= newest.slice(0, STAMP_LENGTH) ? stampOf(after + 1000) : time
  return `${stamp}-${randomBytes(2).toString('hex')}`
}

const STAMP_LENGTH = '20260101T120000'.length

function stampOf(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
    .slice(0, STAMP_LENGTH)
}

/** Milliseconds since 1970; undefined where that is no run's name. */
function timeOf(run: string): number | undefined {
  const time = Date.parse(
    run.slice(0, STAMP_LENGTH).replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)$/, '$1-$2-$3:$4:$5Z'),
  )
  return Number.isNaN(time) ? undefined : time
}
