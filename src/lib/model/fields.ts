/** `key=value` lines, so that a shell and a person can read them. */
export function formatFields(fields: object): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${String(value).replaceAll(/[\n\r]/g, ' ')}\n`)
    .join('')
}

/** Longer than any command line that gha was called by, and short enough to be shown. */
const LONGEST = 4000

/** What is missing reads as undefined; the first `=` of a line ends its key. */
export function parseFields(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).slice(0, LONGEST)] as const),
  )
}
