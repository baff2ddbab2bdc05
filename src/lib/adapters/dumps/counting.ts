import {Transform, Writable} from 'node:stream'

interface Rows {
  write(chunk: Buffer): void
}

/** Counts what ends here. */
export function counting(rows: Rows): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      rows.write(chunk)
      done()
    },
  })
}

/** Counts what passes. */
export function tapped(rows: Rows): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rows.write(chunk)
      done(null, chunk)
    },
  })
}
