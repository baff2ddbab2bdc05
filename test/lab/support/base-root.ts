import {spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import type {Script} from '../../../src/lib/model/script.ts'
import {inputOf} from '../../support/input-of.ts'
import {LocalHost} from '../../support/local-host.ts'
import {ensureBase} from '../base/base.ts'
import {ensureDnfLayer} from '../base/dnf-layer.ts'
import {DATA_FOLDER} from '../layout.ts'

/** A host's file system without the host: the lab's base, a layer of its own, and nothing that runs. */
export class BaseRoot extends LocalHost {
  readonly folder: string
  readonly #lower: string

  private constructor(folder: string, lower: string) {
    super('gf1')
    this.folder = folder
    this.#lower = lower
  }

  /** With `dnf`, on a node that lives by rpm. */
  static async make(kind: 'apt' | 'dnf' = 'apt'): Promise<BaseRoot> {
    const base = await ensureBase(() => undefined)
    mkdirSync(DATA_FOLDER, {recursive: true})
    const folder = mkdtempSync(path.join(DATA_FOLDER, 'root-'))
    for (const layer of ['upper', 'work', 'root']) mkdirSync(path.join(folder, layer))
    const layers = kind === 'dnf' ? [await ensureDnfLayer(base), base.base] : [base.base]
    const root = new BaseRoot(folder, layers.join(':'))
    for (const file of ['etc/apt/sources.list', 'etc/apt/sources.list.d/debian.sources']) root.write(file, '')
    return root
  }

  /** Into the file system, as its own root sees it. */
  write(file: string, content: string | Uint8Array): void {
    const place = path.join(this.folder, 'upper', file)
    mkdirSync(path.dirname(place), {recursive: true, mode: 0o755})
    writeFileSync(place, content, {mode: 0o644})
  }

  read(file: string): Uint8Array {
    return readFileSync(path.join(this.folder, 'upper', file))
  }

  override run<T>(script: Script<T>): Promise<T> {
    return this.#inside(script.text, script.input).then(output => script.parse(output))
  }

  /** Output of a line of shell there. @throws when it fails */
  async sh(text: string): Promise<string> {
    const {exitCode, stdout, stderr} = await this.#inside(text)
    if (exitCode !== 0) throw new Error(`${text}: ${stderr}`)
    return Buffer.from(stdout).toString().trim()
  }

  remove(): void {
    rmSync(this.folder, {recursive: true})
  }

  /** The mounts end with the script: they are in a namespace of its own. */
  #inside(text: string, input?: Script<unknown>['input']) {
    const layers = `lowerdir=${this.#lower},upperdir=${this.folder}/upper,workdir=${this.folder}/work`
    const mounts = [
      `mount -t overlay overlay -o ${layers} ${this.folder}/root`,
      `mount --bind /dev ${this.folder}/root/dev`,
      `mount -t proc proc ${this.folder}/root/proc`,
    ].join(' && ')
    const enter = `${mounts} && exec chroot ${this.folder}/root /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C /bin/sh -c "$0"`
    const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', enter, text], {cwd: '/'})
    const timer = setTimeout(() => child.kill('SIGKILL'), 120_000)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', chunk => stdout.push(chunk))
    child.stderr.on('data', chunk => stderr.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(inputOf(input))
    return new Promise<{exitCode: number; stdout: Uint8Array; stderr: string}>((resolve, reject) => {
      child.on('close', code => {
        clearTimeout(timer)
        if (code === null) reject(new GhaError('the script was stopped', {code: 'HOST_DEADLINE', exit: 'bug'}))
        else resolve({exitCode: code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString()})
      })
    })
  }
}
