import type {Duplex} from 'node:stream'
import type {SshTarget} from '../model/node.ts'
import type {Script} from '../model/script.ts'

/** One machine reached over SSH: run a script, dial a stream from there, close. */
export interface Host {
  /** The node's or balancer host's name, as errors name it. */
  readonly name: string
  /** Which transport answered: `ssh2` or `openssh`. */
  readonly transport: string
  /**
   * Runs with the target's rights (`become`). Resolves with what `parse` makes of the output, whatever the exit code.
   * @throws GhaError `HOST_*` when the script could not run or its end is unknown.
   */
  run<T>(script: Script<T>): Promise<T>
  /**
   * A stream dialled from this host, as its login user.
   * @throws DialError
   */
  dial(destination: Destination): Promise<Duplex>
  close(): Promise<void>
}

/** A place in the network from which streams are dialled. */
export type Dialler = Pick<Host, 'dial'>

export type Destination = {readonly host: string; readonly port: number} | {readonly socket: string}

/** Why a destination could not be dialled: `refused` means that the network path is open and nobody listens. */
export type DialFailure = 'refused' | 'timeout' | 'unresolved' | 'unreachable' | 'forbidden' | 'failed'

export class DialError extends Error {
  readonly failure: DialFailure
  constructor(failure: DialFailure, message: string) {
    super(message)
    this.name = 'DialError'
    this.failure = failure
  }
}

export interface Hosts {
  /**
   * One connection per target for the whole run: a second call for the same name answers with the same host.
   * @throws GhaError `HOST_UNREACHABLE` | `HOST_KEY_*` | `SSH_AUTH_FAILED` | `SUDO_*`
   */
  connect(name: string, target: SshTarget): Promise<Host>
  closeAll(): Promise<void>
}
