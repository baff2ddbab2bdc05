import path from 'node:path'
import {inTheWay} from '../actions/in-the-way.ts'
import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import type {Ports} from '../ports/ports.ts'
import {reportPage} from '../report/html/page.ts'
import type {RunReport} from '../report/run-report.ts'
import {refuseUnwritable} from './refuse-unwritable.ts'

/** Before anything begins: a slip must not cost gha.yaml, or the only copy of a key. @throws GhaError `FILE` */
export async function refuseReport(report: string | undefined, {files}: Pick<Ports, 'files'>): Promise<void> {
  if (report === undefined) return
  const file = path.resolve(report)
  const obstacle = await inTheWay(file, files, {what: 'report', isOurs: isPage})
  if (obstacle === undefined) return refuseUnwritable(file, {files})
  throw new GhaError(`${file} ${obstacle}`, {
    code: 'FILE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Name another file with `--report`, or remove it first.',
  })
}

/** A page that cannot be written changes nothing of what the run came to. */
export async function writeReport(
  file: string | undefined,
  {files, ui}: Pick<Ports, 'files'> & {readonly ui: Pick<Ports['ui'], 'say'>},
  report: RunReport | undefined,
): Promise<void> {
  if (file === undefined || !report) return
  const page = path.resolve(file)
  await files
    .write(page, reportPage(report), 0o644)
    .catch((error: unknown) => ui.say(`The report ${page} cannot be written: ${messageOf(error)}`))
}

/** An earlier one, or what `mktemp` has made room with. */
function isPage(text: string): boolean {
  return text === '' || text.startsWith('<!doctype html>')
}
