import path from 'node:path'
import type {Env, Files, Programs} from '../../src/lib/ports/local.ts'

interface MemoryFile {
  readonly bytes: Uint8Array
  readonly mode: number
}

/** Files in memory; folders are what their files imply. */
export class MemoryFiles implements Files {
  readonly #files = new Map<string, MemoryFile>()

  constructor(texts: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [file, content] of Object.entries(texts)) this.put(file, content, 0o600)
  }

  put(file: string, content: string | Uint8Array, mode: number): void {
    this.#files.set(file, {bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content, mode})
  }

  /** For assertions. */
  text(file: string): string | undefined {
    const found = this.#files.get(file)
    return found && new TextDecoder().decode(found.bytes)
  }

  async read(file: string): Promise<Uint8Array | undefined> {
    return this.#files.get(file)?.bytes
  }

  async write(file: string, content: string | Uint8Array, mode: number): Promise<void> {
    this.put(file, content, mode)
  }

  async rehearse(): Promise<void> {
    // Memory takes all.
  }

  async append(file: string, line: string): Promise<void> {
    this.put(file, `${this.text(file) ?? ''}${line}\n`, 0o600)
  }

  async list(directory: string): Promise<readonly string[]> {
    return [...this.#files.keys()]
      .filter(file => isBelow(directory, file))
      .map(file => path.relative(directory, file))
      .sort()
  }

  async exists(place: string): Promise<boolean> {
    return [...this.#files.keys()].some(file => file === place || isBelow(place, file))
  }

  async remove(file: string): Promise<void> {
    this.#files.delete(file)
  }

  async kind(place: string): Promise<'file' | 'folder' | undefined> {
    if (this.#files.has(place)) return 'file'
    return (await this.exists(place)) ? 'folder' : undefined
  }

  async mode(file: string): Promise<number | undefined> {
    return this.#files.get(file)?.mode
  }
}

function isBelow(directory: string, file: string): boolean {
  return file.startsWith(directory.endsWith('/') ? directory : `${directory}/`)
}

export function envOf(values: Readonly<Record<string, string>>): Env {
  return {get: name => values[name]}
}

/** Answers by command line; a command that was not foreseen fails. */
export function programsOf(answers: Readonly<Record<string, string>>): Programs {
  return {
    async output(argv) {
      const answer = answers[argv.join(' ')]
      if (answer === undefined) throw new Error(`unexpected command ${argv.join(' ')}`)
      return answer
    },
  }
}
