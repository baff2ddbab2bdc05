import type {Files} from '../../ports/local.ts'

/** This machine's files as they will be once these are written, readable by the owner alone. */
export function overlayFiles(
  files: Files,
  pending: ReadonlyMap<string, string>,
): Pick<Files, 'read' | 'exists' | 'mode'> {
  return {
    async read(file) {
      const text = pending.get(file)
      return text === undefined ? files.read(file) : new TextEncoder().encode(text)
    },
    exists: async file => pending.has(file) || files.exists(file),
    mode: async file => (pending.has(file) ? 0o600 : files.mode(file)),
  }
}
