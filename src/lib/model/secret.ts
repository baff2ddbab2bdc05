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

  /** The text with `[secret]` wherever the value, or a line of it, stands. */
  hiddenIn(text: string): string {
    return this.#value
      .split('\n')
      .filter(line => line !== '')
      .reduce((hidden, line) => hidden.replaceAll(line, SHOWN), text)
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

/** A hash that may be published although it covers secrets: HMAC-SHA256 keyed from Grafana's secret key, 64 hex digits. */
export function fingerprint(key: Secret, content: string): string {
  return createHmac('sha256', `gha-fingerprint\0${key.reveal()}`).update(content).digest('hex')
}
