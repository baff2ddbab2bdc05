import type {JournalEvent} from '../ports/journal.ts'

/** What a journal's text holds. A line that was cut in the middle of a power cut is no event. */
export function eventsIn(journal: string): readonly JournalEvent[] {
  return journal.split('\n').flatMap(readEvent)
}

function readEvent(line: string): readonly JournalEvent[] {
  if (!line.startsWith('{')) return []
  try {
    const event = JSON.parse(line) as Partial<JournalEvent>
    return typeof event.at === 'number' && event.type !== undefined ? [{n: 0, ...event} as JournalEvent] : []
  } catch {
    return []
  }
}
