import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import {type Readable, Transform, Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {GhaError} from '../../errors/gha-error.ts'
import type {Stored} from '../../ports/dumps.ts'

/** A tool's output → a new file 0600, on disk when this resolves; the sum is that of the bytes on their way there. */
export async function writeArchive(
  output: Readable,
  file: string,
  through: readonly Transform[] = [],
): Promise<Stored> {
  const sum = summing()
  await using handle = await open(file, 'wx', 0o600).catch(error => {
    throw unwritable(file, error)
  })
  try {
    await pipeline([output, ...through, sum.stream, written(handle)])
    await handle.sync()
  } catch (error) {
    throw unwritable(file, error)
  }
  return sum.stored()
}

function written(handle: FileHandle): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      handle.appendFile(chunk).then(() => done(), done)
    },
  })
}

/** Of a file's bytes as they are stored. */
export async function digestOf(file: string): Promise<Stored> {
  const sum = summing()
  sum.stream.resume()
  await pipeline(createReadStream(file), sum.stream)
  return sum.stored()
}

function summing(): {readonly stream: Transform; readonly stored: () => Stored} {
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  return {stream, stored: () => ({bytes, sha256: hash.digest('hex')})}
}

function unwritable(file: string, error: unknown): unknown {
  if (error instanceof GhaError || !(error instanceof Error && 'syscall' in error)) return error
  const full = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  return new GhaError(full ? `no space is left for ${file}` : `cannot write ${file}: ${error.message}`, {
    code: full ? 'BACKUP_SPACE' : 'BACKUP_FOLDER',
    exit: 'preflight',
    hint: full
      ? 'Free some space there, or name another folder as `backup.directory` in gha.yaml.'
      : 'Name another folder as `backup.directory` in gha.yaml.',
    cause: error,
  })
}
