#!/usr/bin/env node
import {enableCompileCache} from 'node:module'

enableCompileCache?.()
// oclif warns its developers where a shell exports `test` or `development` for other work.
process.env.NODE_ENV = 'production'
// A closed pipe (`gha status | head -1`) is no error.
process.stdout.on('error', error => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
const {execute} = await import('../dist/main.js')
// Not awaited: a top-level await would make a closed pipe exit 13.
execute({dir: import.meta.url})
