import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {execa} from 'execa'
import {GhaError} from '../../errors/gha-error.ts'
import {exists} from '../exists.ts'
import type {Connection} from '../ssh/connection.ts'
import type {ResolvedTarget} from '../ssh/resolved-target.ts'
import {destinationOf, sshArguments, type Way} from './arguments.ts'
import {connectError} from './connect-error.ts'
import {OpensshConnection} from './connection.ts'

const READY_MILLISECONDS = 30_000
const POLL_MILLISECONDS = 10
/** A UNIX socket's path holds 104 bytes on some systems, and ssh adds 17 while it makes it. */
const LONGEST_PATH = 85

/** Keeps ssh as long as standard input stays open, then clears its folder: when gha dies, however it dies, nothing stays. */
const GUARD = `folder=$1; shift
exec 3<&0 </dev/null
ssh "$@" 3<&- & master=$!
{ cat <&3 >/dev/null; kill $master; } 2>/dev/null & guard=$!
exec 3<&-
wait $master; code=$?
kill $guard 2>/dev/null
rm -f "$folder/s"; rmdir "$folder"
exit $code`

export interface Approach extends Way {
  readonly node: string
}

/** One multiplexed connection by the system's ssh, its socket in a private folder. @throws GhaError */
export async function connectOpenssh(approach: Approach): Promise<Connection> {
  const folder = await mkdtemp(path.join(await shortFolder(), 'gha-ssh-'))
  const socket = path.join(folder, 's')
  const way = [...sshArguments(approach), '-S', socket]
  const master = startMaster(folder, [...way, '-M', '-N', '--', destinationOf(approach)])
  const ended = master.then(result => result)
  try {
    await untilThere(
      socket,
      ended.then(({stderr}) => Promise.reject(new Error(stderr))),
    )
  } catch (error) {
    master.stdin.end()
    await ended
    throw connectError({...approach, target: lastOf(approach.hops), said: error instanceof Error ? error.message : ''})
  }
  return new OpensshConnection({
    way,
    user: lastOf(approach.hops).user,
    destination: destinationOf(approach),
    ended: ended.then(({stderr}) => stderr),
    async release() {
      master.stdin.end()
      await ended
    },
  })
}

/** In a session of its own: the terminal's Ctrl-C is for gha alone. */
function startMaster(folder: string, argv: readonly string[]) {
  return execa('sh', ['-c', GUARD, 'sh', folder, ...argv], {
    reject: false,
    detached: true,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
  })
}

async function untilThere(socket: string, ended: Promise<never>): Promise<void> {
  const until = Date.now() + READY_MILLISECONDS
  ended.catch(() => undefined)
  while (Date.now() < until) {
    const there = await Promise.race([exists(socket), ended])
    if (there) return
    await Promise.race([sleep(POLL_MILLISECONDS), ended])
  }
  throw new Error(`no connection within ${READY_MILLISECONDS / 1000} s`)
}

async function shortFolder(): Promise<string> {
  const usual = tmpdir()
  return usual.length > LONGEST_PATH - 'gha-ssh-XXXXXX/s'.length ? '/tmp' : usual
}

function lastOf(hops: readonly ResolvedTarget[]): ResolvedTarget {
  const target = hops.at(-1)
  if (!target) throw new GhaError('no host to connect to', {code: 'HOST_UNREACHABLE', exit: 'usage'})
  return target
}
