import {stripVTControlCharacters} from 'node:util'

/** Rows as columns, two blanks apart; colours do not count. The last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [place, cell] of row.slice(0, -1).entries()) widths[place] = Math.max(widths[place] ?? 0, widthOf(cell))
  }
  return rows.map(row =>
    row
      .map((cell, place) => (place === row.length - 1 ? cell : cell + ' '.repeat((widths[place] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd(),
  )
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length
}
