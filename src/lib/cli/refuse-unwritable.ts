import {fileRefusal} from '../errors/file-refusal.ts'
import type {Ports} from '../ports/ports.ts'

/** Before anything begins: what is written at the end, or after an hour of staging, must find its place then. @throws GhaError `FILE` */
export async function refuseUnwritable(file: string, {files}: Pick<Ports, 'files'>): Promise<void> {
  try {
    await files.rehearse(file)
  } catch (error) {
    throw fileRefusal(error, 'Nothing was changed.') ?? error
  }
}
