import {readFileSync} from 'node:fs'
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

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
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
