import {SOUNDS_SECRET} from '../grafana/secret-names.ts'

/**
 * Replaces what stands behind keys that name a secret, and everything below `secureJsonData`.
 * Works on lines, so that the rest of the file stays as its author wrote it.
 */
export function redactYaml(text: string): string {
  const shown: string[] = []
  let hiddenBelow: number | undefined
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/)
    if (hiddenBelow !== undefined && (indent < 0 || indent > hiddenBelow)) continue
    hiddenBelow = undefined
    const key = SECRET_KEY.exec(line)
    if (!key) {
      shown.push(line.replaceAll(IN_FLOW, `$1 '[secret]'`))
      continue
    }
    shown.push(`${key[1]} '[secret]'`)
    hiddenBelow = indent
  }
  return shown.join('\n')
}

const NAMES = `(?:secureJsonData|[\\w-]*(?:${SOUNDS_SECRET})[\\w-]*)`
const SECRET_KEY = new RegExp(`^(\\s*(?:- +)?["']?${NAMES}["']?\\s*:)(?=\\s|$)`, 'i')
const IN_FLOW = new RegExp(`([{,]\\s*["']?${NAMES}["']?\\s*:)[^,}]+`, 'gi')
