import {execFileSync} from 'node:child_process'
import {chmodSync, existsSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'

export interface SystemUserOptions {
  readonly shell?: string
  /** A password for sudo, or sudo without one. */
  readonly sudo?: {readonly password: string} | 'free'
  /** Files of the home folder. */
  readonly home?: Readonly<Record<string, string>>
}

export interface SystemUser {
  readonly name: string
  remove(): void
}

/** A real user of this machine. Needs root. */
export function makeSystemUser(name: string, options: SystemUserOptions = {}): SystemUser {
  const sudoers = path.join('/etc/sudoers.d', name)
  removeUser(name, sudoers)
  execFileSync('useradd', ['-m', '-K', 'UMASK=022', '-s', options.shell ?? '/bin/bash', name])
  const password = typeof options.sudo === 'object' ? options.sudo.password : ''
  if (password === '') execFileSync('usermod', ['-p', '*', name])
  else execFileSync('chpasswd', {input: `${name}:${password}\n`})
  if (options.sudo) {
    writeFileSync(sudoers, `${name} ALL=(ALL) ${options.sudo === 'free' ? 'NOPASSWD: ' : ''}ALL\n`)
    chmodSync(sudoers, 0o440)
  }
  for (const [file, content] of Object.entries(options.home ?? {})) {
    const target = path.join('/home', name, file)
    writeFileSync(target, content)
    execFileSync('chown', [name, target])
  }
  return {name, remove: () => removeUser(name, sudoers)}
}

/** Whether this machine can hold such users; under CI it must. */
export function canMakeUsers(): boolean {
  const able = process.getuid?.() === 0 && existsSync('/usr/sbin/useradd') && existsSync('/usr/bin/sudo')
  if (!able && process.env['CI']) throw new Error('these tests need root, useradd and sudo')
  return able
}

function removeUser(name: string, sudoers: string): void {
  rmSync(sudoers, {force: true})
  try {
    execFileSync('id', [name], {stdio: 'ignore'})
  } catch {
    return
  }
  execFileSync('userdel', ['-r', '-f', name], {stdio: 'ignore'})
}
