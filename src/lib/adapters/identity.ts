import {readFileSync, readlinkSync} from 'node:fs'
import {hostname, userInfo} from 'node:os'
import process from 'node:process'
import type {Identity} from '../ports/local.ts'

export function localIdentity(): Identity {
  return {user: userName(), hostname: hostname(), pid: process.pid, bootId: bootId(), isAlive}
}

/** A container may run as a user id that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}

/** A container may have the name and the boot of its host, or of another, and a table of processes of its own. */
function bootId(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
