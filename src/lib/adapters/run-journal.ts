import path from 'node:path'
import type {JournalFile} from '../ports/journal.ts'
import type {Files} from '../ports/local.ts'

/** A run's journal beside gha.yaml: one JSON object per line. */
export function runJournal(files: Files, folder: string, run: string): JournalFile {
  const file = path.join(folder, `${run}.jsonl`)
  return {path: file, write: event => files.append(file, JSON.stringify(event))}
}
