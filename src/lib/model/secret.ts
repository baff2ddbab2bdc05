import {createHmac} from 'node:crypto'
import {inspect} from 'node:util'

const SHOWN = '[secret]'
/** Nothing of that length stands in another text by chance. */
const LONG = 8

/** A value that never prints itself: not in a log, an error, `util.inspect`, JSON or string concatenation. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The only way out. Call it where the bytes leave for the wire or a 0640 file, nowhere else. */
  reveal(): string {
    return this.#value
  }

  /** The text with `[secret]` wherever the value of one of them, or a line of it, stands; where one holds another, for the whole. */
  static hiddenIn(text: string, secrets: readonly Secret[]): string {
    const lines = new Set(secrets.flatMap(secret => secret.#value.split('\n')).filter(line => line !== ''))
    const places = [...lines].flatMap(line => placesOf(line, text)).toSorted(([a], [b]) => a - b)
    let [shown, end] = ['', 0]
    for (const [from, to] of places) {
      if (from >= end) shown += `${text.slice(end, from)}${SHOWN}`
      end = Math.max(end, to)
    }
    return shown + text.slice(end)
  }

  /** Whether the text is the value or, where that cannot be by chance, holds it. */
  isIn(text: string): boolean {
    return this.#value !== '' && (text === this.#value || (this.#value.length >= LONG && text.includes(this.#value)))
  }

  toString(): string {
    return SHOWN
  }

  toJSON(): string {
    return SHOWN
  }

  [inspect.custom](): string {
    return SHOWN
  }
}

function placesOf(line: string, text: string): readonly (readonly [from: number, to: number])[] {
  const places: (readonly [number, number])[] = []
  for (let from = text.indexOf(line); from >= 0; from = text.indexOf(line, from + 1))
    places.push([from, from + line.length])
  return places
}

/** A hash that may be published although it covers secrets: HMAC-SHA256 keyed from Grafana's secret key, 64 hex digits. */
export function fingerprint(key: Secret, content: string): string {
  return createHmac('sha256', `gha-fingerprint\0${key.reveal()}`).update(content).digest('hex')
}
