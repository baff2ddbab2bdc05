import type {Duplex, Readable, Writable} from 'node:stream'
import type {Destination} from '../../ports/host.ts'

/** One live SSH connection, by either transport. */
export interface Connection {
  readonly transport: 'ssh2' | 'openssh'
  /** Who is logged in. */
  readonly user: string
  /** Rejects, naming why, once the connection is gone; never resolves. */
  readonly lost: Promise<never>
  readonly alive: boolean
  /** @throws SessionRefused when the server allows no further session now. */
  exec(command: string): Promise<Channel>
  /** What the server itself forwards. @throws DialError */
  forward(destination: Destination): Promise<Duplex>
  close(): Promise<void>
}

/** One remote command. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when both outputs were read to their end and the remote side is done. */
  readonly ended: Promise<ChannelEnd>
  close(): void
}

/** How the remote shell ended: not the script's exit code, which travels inside its output. */
export interface ChannelEnd {
  readonly status: number | undefined
}

/** The command was not started. */
export class SessionRefused extends Error {}
