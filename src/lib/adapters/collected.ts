const MAX_BYTES = 1024 * 1024

/** What a program writes, as it comes; `tooMuch` is called with all beyond 1 MiB. */
export function collected(stream: NodeJS.ReadableStream, tooMuch: () => void): () => Buffer {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_BYTES) return tooMuch()
    chunks.push(chunk)
  })
  return () => Buffer.concat(chunks)
}
