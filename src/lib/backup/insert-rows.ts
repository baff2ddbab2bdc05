const LONGEST_STATEMENT = 64 * 1024
const BYTE = {newline: 10, quote: 39, open: 40, close: 41, semicolon: 59, capitalS: 83, backslash: 92} as const

/** Counts the rows of a MySQL dump as it passes: INSERT statements of many rows, strings with backslashes. */
export class InsertRows {
  readonly #counts = new Map<string, number>()
  #line = ''
  #lastLine = ''
  #table: string | undefined
  #depth = 0
  #quoted = false
  #escaped = false

  write(chunk: Buffer): void {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0
      if (this.#table === undefined) this.#readLine(byte)
      else if (this.#quoted) this.#readString(byte)
      else this.#readValues(byte, this.#table)
    }
  }

  counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** The tool's own word that it wrote all it had to. */
  complete(): boolean {
    return /^-- Dump completed/.test(this.#line || this.#lastLine)
  }

  #readLine(byte: number): void {
    if (byte === BYTE.newline) {
      this.#endLine()
      return
    }
    if (this.#line.length < LONGEST_STATEMENT) this.#line += String.fromCharCode(byte)
    if (byte !== BYTE.capitalS) return
    const [, name] = /^INSERT INTO `((?:[^`]|``)+)` (?:\(.*\) )?VALUES$/.exec(this.#line) ?? []
    if (name !== undefined) this.#table = plain(name)
  }

  #endLine(): void {
    const [, name] = /^CREATE TABLE (?:IF NOT EXISTS )?`((?:[^`]|``)+)` \(/.exec(this.#line) ?? []
    if (name !== undefined) this.#count(plain(name), 0)
    if (this.#line !== '') this.#lastLine = this.#line
    this.#line = ''
  }

  #readString(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BYTE.backslash) this.#escaped = true
    else if (byte === BYTE.quote) this.#quoted = false
  }

  #readValues(byte: number, table: string): void {
    if (byte === BYTE.quote) this.#quoted = true
    else if (byte === BYTE.close) this.#depth -= 1
    else if (byte === BYTE.open) {
      this.#depth += 1
      if (this.#depth === 1) this.#count(table, 1)
    } else if (byte === BYTE.semicolon && this.#depth === 0) {
      this.#table = undefined
      this.#line = ''
    }
  }

  #count(table: string, rows: number): void {
    this.#counts.set(table, (this.#counts.get(table) ?? 0) + rows)
  }
}

function plain(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8').replaceAll('``', '`')
}
