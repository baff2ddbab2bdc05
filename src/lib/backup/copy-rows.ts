const NEWLINE = 10
const LONGEST_STATEMENT = 64 * 1024
/** A data line is only told from the end mark `\.`. */
const END_MARK = 3

/** Counts the rows of PostgreSQL's plain dump as it passes: in COPY's text form each row is one line. */
export class CopyRows {
  readonly #counts = new Map<string, number>()
  #table: string | undefined
  #line = ''

  write(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#grow(chunk, start, end)
      this.#endLine()
      start = end + 1
    }
    this.#grow(chunk, start, chunk.length)
  }

  counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  #grow(chunk: Buffer, start: number, end: number): void {
    const room = (this.#table === undefined ? LONGEST_STATEMENT : END_MARK) - this.#line.length
    if (room > 0) this.#line += chunk.toString('latin1', start, Math.min(end, start + room))
  }

  #endLine(): void {
    const line = this.#line
    this.#line = ''
    if (this.#table === undefined) this.#open(line)
    else if (line === '\\.') this.#table = undefined
    else this.#counts.set(this.#table, (this.#counts.get(this.#table) ?? 0) + 1)
  }

  #open(line: string): void {
    const [, name] = /^COPY (.+?) (?:\(.*\) | )?FROM stdin;$/.exec(line) ?? []
    if (name === undefined) return
    this.#table = unquoted(Buffer.from(name, 'latin1').toString('utf8'))
    this.#counts.set(this.#table, 0)
  }
}

/** `public."user"` → `public.user`. */
function unquoted(name: string): string {
  const parts = [...name.matchAll(/"((?:[^"]|"")*)"|([^".]+)/g)]
  return parts.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain).join('.')
}
