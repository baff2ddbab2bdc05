/** Shell functions that answer in NUL-separated `key, value` pairs: JSON from POSIX sh is unsafe. */
export const RECORD_FUNCTIONS = `record() { printf '%s\\0%s\\0' "$1" "$2"; }`

/** Reads what `record` wrote; a later value of the same key follows the earlier one. */
export function readRecords(bytes: Uint8Array): ReadonlyMap<string, readonly string[]> {
  const fields = new TextDecoder().decode(bytes).split('\0')
  const records = new Map<string, string[]>()
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const key = fields[index] ?? ''
    records.set(key, [...(records.get(key) ?? []), fields[index + 1] ?? ''])
  }
  return records
}
