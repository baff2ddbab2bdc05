import type {Marks} from './travel.ts'

const NOISE_LIMIT = 64 * 1024

export interface FrameLimits {
  readonly bytes: number
  /** What happens beyond: stop collecting, or keep only the end. */
  readonly beyond: 'overflow' | 'keep-end'
}

/** Finds one script's bytes in a stream: what a shell printed before the begin mark is noise, the end mark carries the exit code. */
export class Frame {
  readonly #marks: Marks
  readonly #limits: FrameLimits
  #noise = Buffer.alloc(0)
  #chunks: Buffer[] = []
  #size = 0
  #tail = Buffer.alloc(0)
  #begun = false
  #exitCode: number | undefined
  #overflowed = false

  constructor(marks: Marks, limits: FrameLimits) {
    this.#marks = marks
    this.#limits = limits
  }

  push(chunk: Buffer): void {
    if (this.ended || this.#overflowed) return
    if (this.#begun) this.#collect(chunk)
    else this.#seek(chunk)
  }

  get begun(): boolean {
    return this.#begun
  }

  get ended(): boolean {
    return this.#exitCode !== undefined
  }

  get overflowed(): boolean {
    return this.#overflowed
  }

  /** The script's own exit code, once the end mark was seen. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** What came before the begin mark, or everything when there was none. */
  get noise(): string {
    return this.#noise.toString('utf8')
  }

  get body(): Uint8Array {
    return Buffer.concat(this.#chunks).subarray(0, this.#size)
  }

  #seek(chunk: Buffer): void {
    this.#noise = Buffer.concat([this.#noise, chunk])
    const at = this.#noise.indexOf(this.#marks.begin)
    if (at === -1) {
      this.#noise = this.#noise.subarray(-NOISE_LIMIT)
      return
    }
    const rest = this.#noise.subarray(at + this.#marks.begin.length)
    this.#noise = this.#noise.subarray(0, at)
    this.#begun = true
    if (rest.length > 0) this.#collect(rest)
  }

  #collect(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    this.#findEnd(chunk)
    if (!this.ended && this.#size > this.#limits.bytes) this.#overflow()
  }

  /** Looks only at the new bytes and as many before them as a mark may span. */
  #findEnd(chunk: Buffer): void {
    const view = Buffer.concat([this.#tail, chunk])
    const at = view.lastIndexOf(this.#marks.end)
    const code = at === -1 ? null : /^ (\d+)\n/.exec(view.toString('latin1', at + this.#marks.end.length))
    this.#tail = view.subarray(-this.#marks.end.length - 8)
    if (!code) return
    this.#exitCode = Number(code[1])
    this.#size -= view.length - at
  }

  #overflow(): void {
    if (this.#limits.beyond === 'overflow') {
      this.#overflowed = true
      this.#chunks = []
      return
    }
    if (this.#size < 2 * this.#limits.bytes) return
    const kept = Buffer.concat(this.#chunks).subarray(-this.#limits.bytes)
    this.#chunks = [kept]
    this.#size = kept.length
  }
}

/** Text for people: decoded with replacement, without control characters, its last 64 KiB. */
export function printable(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(-NOISE_LIMIT))
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}
