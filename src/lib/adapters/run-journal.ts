import path from 'node:path'
import type {Journal, JournalEvent} from '../ports/journal.ts'
import type {Clock, Files} from '../ports/local.ts'

/** A run's journal beside gha.yaml: one JSON object per line, on disk before `append` resolves. */
export function runJournal(
  {files, clock}: {readonly files: Files; readonly clock: Clock},
  folder: string,
  run: string,
): Journal {
  const file = path.join(folder, `${run}.jsonl`)
  return {
    append(event) {
      const line: JournalEvent = {at: clock.now(), run, ...event}
      return files.append(file, JSON.stringify(line))
    },
  }
}
