export type Path = readonly (string | number)[]

/** Something wrong in gha.yaml and where: `text` reads on after the path. */
export interface Diagnostic {
  readonly path: Path
  readonly text: string
  /** The key itself is wrong, not its value. */
  readonly at?: 'key'
}

/** A diagnostic with its place; lines and columns start at 1. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `nodes/2/address`; empty for the whole file. */
  readonly path: string
  readonly text: string
}

/** `gha.yaml:12:3 nodes/2/address: must be …` */
export function formatProblem({file, line, column, path, text}: Problem): string {
  return `${file}:${line}:${column} ${path ? `${path}: ` : ''}${text}`
}

export function formatPath(path: Path): string {
  return path.join('/')
}
