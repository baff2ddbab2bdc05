import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import {type Readable, Transform, Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {messageOf} from '../../errors/message-of.ts'
import type {Stored} from '../../ports/dumps.ts'
import {unwritable} from '../unwritable.ts'
import {damagedArchive} from './damaged-archive.ts'

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

/** Of a file's bytes as they are stored. @throws GhaError `BACKUP_DAMAGED` */
export async function digestOf(file: string): Promise<Stored> {
  const sum = summing()
  sum.stream.resume()
  await pipeline(createReadStream(file), sum.stream).catch(error => {
    throw damagedArchive(`cannot be read: ${messageOf(error)}`, error)
  })
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
