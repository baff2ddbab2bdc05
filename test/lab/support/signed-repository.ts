import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'

/** Somebody who signs: a key made for this test, in a folder of its own. */
export class Signer {
  readonly #home = mkdtempSync(path.join(tmpdir(), 'gha-signer-'))

  constructor() {
    this.#gpg(['--quick-generate-key', 'packages@example.com', 'ed25519', 'sign', 'never'])
  }

  publicKey(form: 'armored' | 'binary'): Uint8Array {
    return this.#gpg([...(form === 'armored' ? ['--armor'] : []), '--export'])
  }

  secretKey(): Uint8Array {
    return this.#gpg(['--armor', '--export-secret-keys'])
  }

  sign(text: string): Uint8Array {
    return this.#gpg(['--clearsign', '--digest-algo', 'SHA256'], text)
  }

  /** Its agent would outlive the test. */
  remove(): void {
    execFileSync('gpgconf', ['--homedir', this.#home, '--kill', 'all'], {stdio: 'ignore'})
    rmSync(this.#home, {recursive: true})
  }

  #gpg(words: readonly string[], input?: string): Uint8Array {
    const usual = ['--homedir', this.#home, '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '']
    return execFileSync('gpg', [...usual, ...words], {input, stdio: ['pipe', 'pipe', 'ignore']})
  }
}

/** A package that holds its own name and nothing more. */
export function tinyDeb(name: string, version: string, architecture = 'all'): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'gha-deb-'))
  try {
    mkdirSync(path.join(folder, 'tree/DEBIAN'), {recursive: true})
    mkdirSync(path.join(folder, 'tree/usr/share/grafana'), {recursive: true})
    writeFileSync(path.join(folder, 'tree/usr/share/grafana/VERSION'), version)
    const control = {
      Package: name,
      Version: version,
      Architecture: architecture,
      Maintainer: 'a test',
      Description: 'tiny',
    }
    const lines = Object.entries(control).map(([key, value]) => `${key}: ${value}\n`)
    writeFileSync(path.join(folder, 'tree/DEBIAN/control'), lines.join(''))
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', 'tree', 'tiny.deb'], {cwd: folder, stdio: 'ignore'})
    return readFileSync(path.join(folder, 'tiny.deb'))
  } finally {
    rmSync(folder, {recursive: true})
  }
}

/** Files of a flat repository, signed. */
export function signedRepository(debs: Readonly<Record<string, Uint8Array>>, signer: Signer) {
  const folder = mkdtempSync(path.join(tmpdir(), 'gha-repository-'))
  try {
    for (const [name, bytes] of Object.entries(debs)) writeFileSync(path.join(folder, name), bytes)
    const packages = execFileSync('dpkg-scanpackages', ['--multiversion', '.'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const sum = createHash('sha256').update(packages).digest('hex')
    const release = [`Date: ${new Date().toUTCString()}`, 'SHA256:', ` ${sum} ${packages.length} Packages`, ''].join(
      '\n',
    )
    return {...debs, Packages: packages, InRelease: signer.sign(release)}
  } finally {
    rmSync(folder, {recursive: true})
  }
}
