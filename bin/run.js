#!/usr/bin/env node
import {enableCompileCache} from 'node:module'

enableCompileCache?.()
const {execute} = await import('@oclif/core')
// Not awaited: a top-level await would make a closed pipe exit 13.
execute({dir: import.meta.url})
