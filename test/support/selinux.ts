import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {LocalHost} from './local-host.ts'

/** Stands in for SELinux's tools: writes down each path it was to label, and the last line of what stood there then. */
export class Selinux {
  readonly host: LocalHost
  readonly #said: string
  readonly #bin: string

  constructor(folder: string, wish: {readonly enabled: boolean}) {
    this.#said = path.join(folder, 'labelled')
    this.#bin = path.join(folder, 'selinux-bin')
    mkdirSync(this.#bin)
    this.program(
      'restorecon',
      `for word; do case $word in -*) printf '%s ' "$word" ;; *) echo "$word: $(tail -n 1 "$word" 2>/dev/null)" ;; esac; done >>${this.#said}`,
    )
    this.program('selinuxenabled', wish.enabled ? 'exit 0' : 'exit 1')
    this.host = new LocalHost('gf1', {PATH: `${this.#bin}:${process.env.PATH}`})
  }

  /** One more program that is found before the machine's own. */
  program(name: string, text: string): void {
    writeFileSync(path.join(this.#bin, name), `#!/bin/sh\n${text}\n`, {mode: 0o755})
  }

  labelled(): readonly string[] {
    return existsSync(this.#said) ? readFileSync(this.#said, 'utf8').trim().split('\n') : []
  }
}
