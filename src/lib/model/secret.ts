import {createHmac} from 'node:crypto'
import {inspect} from 'node:util'

const SHOWN = '[secret]'

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
