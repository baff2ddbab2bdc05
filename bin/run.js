#!/usr/bin/env node
import {lstatSync, mkdirSync} from 'node:fs'
import module from 'node:module'
import {tmpdir} from 'node:os'
import path from 'node:path'

if (Number.parseInt(process.versions.node, 10) < 22) {
  process.stderr.write(`error: gha needs Node.js 22.22, 24.15, 26 or newer; this one is ${process.versions.node}\n`)
  process.exit(2)
}
const cache = compileCache()
if (cache) module.enableCompileCache?.(cache)
// oclif warns its developers where a shell exports `test` or `development` for other work.
process.env.NODE_ENV = 'production'
// A closed pipe (`gha status | head -1`) is no error.
process.stdout.on('error', error => {
  if (error.code === 'EPIPE') process.exit()
  process.stderr.write(`error: cannot write to standard output: ${error.message}\n`)
  process.exit(1)
})
// Whoever stops listening does not stop a run that has a node in its hands.
process.stderr.on('error', () => undefined)
const {execute} = await import('../dist/main.js')
// Not awaited: a top-level await would make a closed pipe exit 13.
execute({dir: import.meta.url})

/** What is cached is run as it is: Node's own folder below /tmp is whoever's made it first. Undefined where there is none to trust. */
function compileCache() {
  try {
    const folder = path.join(tmpdir(), `gha-${process.getuid()}`)
    if (!lstatSync(folder, {throwIfNoEntry: false})) mkdirSync(folder, {mode: 0o700})
    const {uid, mode} = lstatSync(folder)
    return uid === process.getuid() && (mode & 0o170077) === 0o040000 ? folder : undefined
  } catch {
    return undefined
  }
}
