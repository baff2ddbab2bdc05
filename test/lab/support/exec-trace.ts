import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {eventually} from '../../support/eventually.ts'
import {leaderOf} from '../hosts/host.ts'
import type {Lab} from '../lab.ts'
import {namespaceFile} from '../layout.ts'
import {processesIn} from '../processes.ts'

/** Words before a program: every program it starts is written down, with arguments and environment in full. */
export function tracing(file: string): readonly string[] {
  return ['strace', '-f', '--seccomp-bpf', ...WHAT, '-o', file]
}

export interface Trace {
  /** Lets go of what is traced, which runs on. */
  readonly stop: () => Promise<void>
}

/** Writes down every program that begins on these hosts, whoever starts it: sshd, sudo, systemd. */
export async function traceHosts(lab: Lab, hosts: readonly string[], file: string): Promise<Trace> {
  const roots = hosts.flatMap(host => [leaderOf(lab.name, host) ?? 0, ...sshdOn(lab, host)])
  const child = spawn('strace', ['-f', ...WHAT, '-o', file, ...roots.flatMap(pid => ['-p', String(pid)])], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = once(child, 'close')
  await eventually('the tracer holds every host', ATTACH_LIMIT_MS, () => {
    if (child.exitCode !== null) throw new Error(`strace ended: ${said}`)
    return said.split(/ attached\b/).length > roots.length || undefined
  })
  return {
    stop: async () => {
      child.kill('SIGINT')
      await ended
    },
  }
}

const WHAT = ['-v', '-s', '65535', '-e', 'trace=execve,execveat']
const ATTACH_LIMIT_MS = 20_000

/** The listener and its sessions: a kept connection's next program is started by a session. */
function sshdOn(lab: Lab, host: string): readonly number[] {
  return processesIn([namespaceFile(lab.name, host)]).filter(pid => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sshd'
    } catch {
      return false
    }
  })
}
