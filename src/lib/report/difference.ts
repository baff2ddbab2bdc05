import type {Chalk} from 'chalk'

export type Paint = InstanceType<typeof Chalk>

/** The note of a file that goes: no file of gha.yaml holds what is not shown of it. */
export const REMOVED = 'removed'

/** What changes in one file of a node or of a balancer's host, fit to be shown: secrets are gone, but a changed one is told. */
export interface ShownDifference {
  readonly node: string
  readonly path: string
  /** Lines that begin with `+`, `-` or a blank; empty where only a secret changes. */
  readonly lines: readonly string[]
  /** How many lines more there are. */
  readonly omitted?: number
  readonly note?: string
}

export function differenceLines({path, lines, omitted, note}: ShownDifference, paint: Paint): readonly string[] {
  const painted = lines.map(line => paintedLine(line, paint))
  const whole = note === REMOVED ? '' : ': `gha render` shows the file whole'
  const more = omitted ? [paint.dim(`… ${omitted} lines more${whole}`)] : []
  return [
    paint.dim(`         ${path}${note ? `: ${note}` : ''}`),
    ...[...painted, ...more].map(line => `           ${line}`),
  ]
}

function paintedLine(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint.green(line)
  return line.startsWith('-') ? paint.red(line) : paint.dim(line)
}

/** The same change on the next node is not read again. */
export function foldTwins(differences: readonly ShownDifference[]): readonly ShownDifference[] {
  const first = new Map<string, string>()
  return differences.map(difference => {
    const {node, path, lines, note} = difference
    const change = JSON.stringify([path, lines, note])
    const twin = first.get(change)
    if (twin === undefined || lines.length === 0) {
      first.set(change, node)
      return difference
    }
    return {node, path, lines: [], note: `as on ${twin}`}
  })
}
