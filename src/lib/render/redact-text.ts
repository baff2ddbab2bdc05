import {SOUNDS_SECRET} from '../grafana/secret-names.ts'
import {redactYaml} from './redact-yaml.ts'
import {isValueFile} from './value-file.ts'

export interface Redaction {
  /** What stands in the place of a secret; `[secret]` unless it says otherwise. */
  readonly hide?: (value: string) => string
  /** Keys of an ini file that hold a secret although their names do not say so. */
  readonly also?: (section: string, key: string) => boolean
}

/** Hides in any file of a node, whoever wrote it, what sounds like a secret; its lines stay as they are otherwise. */
export function redactText(path: string, text: string, {hide = hidden, also = () => false}: Redaction = {}): string {
  if (isValueFile(path)) return text === '' ? '' : hidden()
  const keyed = /\.ya?ml$/.test(path) ? redactYaml(text, hide) : redactLines(text, {hide, also})
  return keyed
    .replaceAll(PRIVATE_KEY, hide)
    .replaceAll(LOGIN_IN_URL, (_, scheme: string, login: string) => `${scheme}${hide(login)}@`)
}

/** The keys of a redacted ini file whose values are hidden in it. */
export function hiddenKeys(redacted: string): Required<Redaction>['also'] {
  return keysIn(redacted, value => value === hidden())
}

/** The keys of a redacted ini file whose values may be seen in it. */
export function shownKeys(redacted: string): Required<Redaction>['also'] {
  return keysIn(redacted, value => value !== hidden())
}

function keysIn(redacted: string, isMeant: (value: string) => boolean): Required<Redaction>['also'] {
  const keys = new Set(
    assignmentsOf(redacted).flatMap(({section, key, value}) => (isMeant(value) ? [`${section}\0${key}`] : [])),
  )
  return (section, key) => keys.has(`${section}\0${key}`)
}

function hidden(): string {
  return '[secret]'
}

const PRIVATE_KEY = /(?<=-----BEGIN [A-Z ]*PRIVATE KEY-----).+?(?=-----END|$(?![\s\S]))/gs
/** The last @ before the host ends it. */
const LOGIN_IN_URL = /(\b[a-z][\w+.-]*:\/\/)([^\s/@"']*:[^\s@"']*(?:@[^\s/@"']*(?=@))*)@/gi

/** `key = value` and `"key": value`, also behind a comment sign, and values of several lines in three quotes. */
function redactLines(text: string, {hide, also}: Required<Redaction>): string {
  return assignmentsOf(text)
    .map(({lines, start, section, key, value}) => {
      const secret = SECRET_KEY.test(key) || (section === 'database' && key === 'url') || also(section, key)
      return secret && value !== '' ? `${start}${hide(value)}` : lines
    })
    .join('\n')
}

interface Assignment {
  /** As they stand there. */
  readonly lines: string
  readonly start: string
  readonly section: string
  /** Empty where the line assigns nothing. */
  readonly key: string
  /** Over all its lines. */
  readonly value: string
}

function assignmentsOf(text: string): readonly Assignment[] {
  const found: Assignment[] = []
  let section = ''
  for (const line of text.split('\n')) {
    const before = found.at(-1)
    if (before && isOpen(before.value)) {
      found[found.length - 1] = {...before, lines: `${before.lines}\n${line}`, value: `${before.value}\n${line}`}
      continue
    }
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim() ?? section
    const [, start = '', key = '', value = ''] = ASSIGNMENT.exec(line) ?? []
    found.push({lines: line, start, section, key, value})
  }
  return found
}

/** Three quotes that wait for the next three. */
function isOpen(value: string): boolean {
  return value.startsWith('"""') && !value.slice(3).includes('"""')
}

const ASSIGNMENT = /^([ \t;#{,]*["']?([\w.-]+)["']?[ \t]*[=:][ \t]*)(.*?)\r?$/
const SECRET_KEY = new RegExp(SOUNDS_SECRET, 'i')
