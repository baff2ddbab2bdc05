import type {Duplex} from 'node:stream'

const SECONDS = 10

/** So many bytes of a stream, and no more: what follows belongs to whoever reads next. */
export async function readExactly(stream: Duplex, length: number): Promise<Buffer> {
  const deadline = Date.now() + SECONDS * 1000
  for (;;) {
    const bytes: Buffer | null = stream.read(length)
    if (bytes && bytes.length === length) return bytes
    if (bytes || stream.readableEnded || stream.destroyed) throw new Error('the connection was closed during the login')
    await readable(stream, deadline - Date.now())
  }
}

function readable(stream: Duplex, milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      for (const event of ['readable', 'end', 'close']) stream.off(event, go)
      stream.off('error', reject)
      act()
    }
    const go = () => settle(resolve)
    const timer = setTimeout(() => settle(() => reject(new Error(`no answer within ${SECONDS} s`))), milliseconds)
    for (const event of ['readable', 'end', 'close']) stream.once(event, go)
    stream.once('error', reject)
  })
}
