/** A path that stays below its folder and fits on a line. @throws Error whose message is half a sentence about the archive */
export function safePath(name: Buffer): string {
  let path: string
  try {
    path = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(name)
  } catch {
    throw new Error('holds a file whose name is not UTF-8')
  }
  const segments = path.replace(/\/$/, '').split('/')
  const isSafe = segments.every(segment => segment !== '' && segment !== '.' && segment !== '..')
  if (isSafe && !/[\u0000-\u001f\u007f-\u009f\\\ufffd]/.test(path)) return path
  throw new Error(`holds a file that would not stay in its folder: ${JSON.stringify(path.slice(0, 200))}`)
}

/** Of two files at one place, or of a file where another needs a folder, nobody knows which is meant. @throws Error */
export function refuseClashes(paths: readonly string[]): void {
  const taken = new Set<string>()
  for (const path of paths) {
    if (taken.has(path)) throw new Error(`holds ${path} twice`)
    taken.add(path)
  }
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      if (taken.has(path.slice(0, at))) throw new Error(`holds ${path.slice(0, at)} as a file and as a folder`)
    }
  }
}
