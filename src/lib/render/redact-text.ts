import {SOUNDS_SECRET} from '../grafana/secret-names.ts'
import {redactYaml} from './redact-yaml.ts'

/** Hides in any file of a node, whoever wrote it, what sounds like a secret; its lines stay as they are otherwise. */
export function redactText(path: string, text: string): string {
  const keyed = /\.ya?ml$/.test(path) ? redactYaml(text) : redactLines(text)
  return keyed.replaceAll(PRIVATE_KEY, '$1[secret]$2').replaceAll(LOGIN_IN_URL, '$1[secret]@')
}

const PRIVATE_KEY = /(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|$(?![\s\S]))/gs
const LOGIN_IN_URL = /(\b[a-z][\w+.-]*:\/\/)[^\s/@"']*:[^\s@"']*@/gi

/** `key = value` and `"key": value`, also behind a comment sign, and values of several lines in three quotes. */
function redactLines(text: string): string {
  const shown: string[] = []
  let section = ''
  let hidden = false
  for (const line of text.split('\n')) {
    if (hidden) {
      hidden = !line.includes('"""')
      continue
    }
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim() ?? section
    const [, start = '', key = '', value = ''] = ASSIGNMENT.exec(line) ?? []
    const secret = SECRET_KEY.test(key) || (section === 'database' && key === 'url')
    shown.push(secret && value !== '' ? `${start}[secret]` : line)
    hidden = secret && value.startsWith('"""') && !value.slice(3).includes('"""')
  }
  return shown.join('\n')
}

const ASSIGNMENT = /^([ \t;#{,]*["']?([\w.-]+)["']?[ \t]*[=:][ \t]*)(.*?)\r?$/
const SECRET_KEY = new RegExp(SOUNDS_SECRET, 'i')
