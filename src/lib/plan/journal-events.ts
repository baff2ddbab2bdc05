import {parsedObject} from '../model/parsed-object.ts'
import type {JournalEvent} from '../ports/journal.ts'

/** What a journal's text holds. A line that was cut in the middle of a power cut, or that no gha wrote, is no event. */
export function eventsIn(journal: string): readonly JournalEvent[] {
  return journal.split('\n').flatMap(readEvent)
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>

function readEvent(line: string): readonly JournalEvent[] {
  const event = line.startsWith('{') ? parsedObject(line) : undefined
  return event && has(event, EVENT) ? [{n: 0, ...event} as unknown as JournalEvent] : []
}

function has(value: object, shape: Shape): boolean {
  return Object.entries(shape).every(([key, fits]) => fits((value as Readonly<Record<string, unknown>>)[key]))
}

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number'
/** What a `Date` can be. */
const isMoment = (value: unknown) => typeof value === 'number' && Math.abs(value) <= 8.64e15
const isTruth = (value: unknown) => typeof value === 'boolean'
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isMapOfTexts = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.values(value).every(isText)
const isLike = (shape: Shape) => (value: unknown) => typeof value === 'object' && value !== null && has(value, shape)
const maybe = (fits: (value: unknown) => boolean) => (value: unknown) => value === undefined || fits(value)

const EVENT: Shape = {
  at: isMoment,
  run: maybe(isText),
  n: maybe(isNumber),
  type: isText,
  step: maybe(isText),
  hook: maybe(isText),
  node: maybe(isText),
  detail: maybe(isText),
  outline: maybe(
    isLike({
      verb: isText,
      reason: isText,
      by: isText,
      from: maybe(isText),
      to: isText,
      step: isText,
      nodes: isTexts,
      leavesPending: maybe(isTruth),
    }),
  ),
  releases: maybe(isLike({from: maybe(isText), to: isText})),
  until: maybe(isMoment),
  kept: maybe(isTruth),
  outcomes: maybe(isMapOfTexts),
}
