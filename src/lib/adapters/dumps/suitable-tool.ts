import {major, whyNot} from '../../backup/tool-version.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {DatabaseServer} from '../../model/backup.ts'
import {toolVersion} from './tool.ts'

export interface Wanted {
  readonly program: string
  readonly server: DatabaseServer
  readonly search: string
  /** What it comes in. */
  readonly package: string
}

/** `pg_dump 15.18`. @throws GhaError `BACKUP_TOOL_MISSING` | `BACKUP_TOOL_UNKNOWN` | `BACKUP_TOOL_UNFIT` */
export async function suitableTool({program, server, search, package: name}: Wanted): Promise<string> {
  const hint = `Install the client tools of ${server.product} ${major(server.version)} or newer on this machine, first in PATH: \`apt-get install ${name}\`.`
  const tool = await toolVersion(program, search, hint)
  const reason = whyNot(tool, server)
  if (reason === undefined) return `${program} ${tool.version}`
  throw new GhaError(`${program} of this machine cannot copy the database: ${reason}`, {
    code: 'BACKUP_TOOL_UNFIT',
    exit: 'preflight',
    hint,
  })
}
