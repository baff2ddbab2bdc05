import {SOUNDS_SECRET} from '../grafana/secret-names.ts'

/**
 * Replaces what stands behind keys that name a secret, and everything below `secureJsonData`.
 * Works on lines, so that the rest of the file stays as its author wrote it.
 */
export function redactYaml(text: string, hide: (value: string) => string = () => '[secret]'): string {
  const shown: string[] = []
  let open: Block | undefined
  const close = () => {
    if (open) shown.push(`${open.start} '${hide(open.value)}'`)
    open = undefined
  }
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/)
    if (open && (indent < 0 || indent > open.indent)) {
      open = {...open, value: `${open.value}\n${line}`}
      continue
    }
    close()
    const [start, key] = SECRET_KEY.exec(line) ?? []
    if (start !== undefined && key !== undefined)
      open = {start: key, indent: columnOf(line), value: line.slice(start.length)}
    else shown.push(line.replaceAll(IN_FLOW, (_, name: string, value: string) => `${name} '${hide(value)}'`))
  }
  close()
  return shown.join('\n')
}

/** Of the key itself: its siblings stand below it, not below the dash of their list. */
function columnOf(line: string): number {
  return /^\s*(?:- +)?/.exec(line)?.[0].length ?? 0
}

/** A key that names a secret, with everything below it. */
interface Block {
  readonly start: string
  readonly indent: number
  readonly value: string
}

const NAMES = `(?:secureJsonData|[\\w-]*(?:${SOUNDS_SECRET})[\\w-]*)`
const SECRET_KEY = new RegExp(`^(\\s*(?:- +)?["']?${NAMES}["']?\\s*:)(?=\\s|$)`, 'i')
const QUOTED = `"(?:[^"\\\\]|\\\\.)*"?|'(?:[^']|'')*'?`
/** A comma in quotes or in brackets is the value's own. */
const VALUE = `\\s*(?:${QUOTED}|\\{(?:[^{}"']|${QUOTED}|\\{[^}]*\\})*\\}?|\\[[^\\]]*\\]?|[^,}]+)`
const IN_FLOW = new RegExp(`([{,]\\s*["']?${NAMES}["']?\\s*:)(${VALUE})`, 'gi')
