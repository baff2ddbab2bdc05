import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import {quote, type Script} from '../model/script.ts'

/** Of a longer file only its beginning is read. */
const MAX_BYTES = 262_144

/** Whether the file may go on behind what was read of it. */
export function isBeginning(text: string): boolean {
  // A letter that was cut in two is read as another, of three bytes.
  return Buffer.byteLength(text) >= MAX_BYTES
}

/** Path → text, for those of the files that are there; read with gha's rights, so it may hold secrets: never print it as it is. */
export function readFiles(paths: readonly string[]): Script<ReadonlyMap<string, string>> {
  return {
    name: 'read files',
    text: [
      RECORD_FUNCTIONS,
      ...paths.map(
        path =>
          `if [ -f ${quote(path)} ]; then record ${quote(path)} "$(head -c ${MAX_BYTES} ${quote(path)}; printf x)"; fi`,
      ),
    ].join('\n'),
    mutates: false,
    deadlineSeconds: 30,
    parse: ({stdout}) =>
      new Map([...readRecords(stdout)].map(([path, texts]) => [path, (texts[0] ?? '').slice(0, -1)])),
  }
}
