import type {Socket} from 'node:net'
import type {Readable} from 'node:stream'
import {GhaError} from '../../errors/gha-error.ts'
import type {Secret} from '../../model/secret.ts'
import {openRelay} from './relay.ts'
import {type Scratch, withScratch} from './scratch.ts'
import {runTool, ToolError, type ToolRun} from './tool.ts'

export interface RelayedTool<T> {
  /** Name of the UNIX socket in the scratch folder. */
  readonly socket: string
  /** What the tool reads its password from: it is gone as soon as the tool has connected. */
  readonly passwordFile: Secret
  readonly run: (places: {readonly folder: string; readonly passwordFile: string}) => ToolRun
  readonly serve: (client: Socket) => Promise<void>
  readonly consume: (output: Readable) => Promise<T>
}

const PASSWORD_FILE = 'login'

/** Runs a client tool against a server that it reaches through a socket of this machine. */
export function throughRelay<T>(tool: RelayedTool<T>): Promise<T> {
  return withScratch(async scratch => {
    const passwordFile = await scratch.put(PASSWORD_FILE, tool.passwordFile)
    const relay = await openRelay({
      path: `${scratch.path}/${tool.socket}`,
      connected: () => scratch.drop(PASSWORD_FILE),
      serve: tool.serve,
    })
    try {
      return await runTool(tool.run({folder: scratch.path, passwordFile}), tool.consume)
    } catch (error) {
      throw relay.failure() ?? failedTool(error, scratch)
    } finally {
      await relay.close()
    }
  })
}

function failedTool(error: unknown, {path}: Scratch): unknown {
  if (!(error instanceof ToolError)) return error
  return new GhaError(error.message.replaceAll(path, ''), {
    code: 'BACKUP_DUMP_FAILED',
    exit: 'preflight',
    hint: 'See what it says, and the log of the database server; then run the command again.',
    cause: error,
  })
}
